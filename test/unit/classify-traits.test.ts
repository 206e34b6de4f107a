import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classify } from "../../src/classify/classify.ts";
import type { Conversation } from "../../src/domain/chat.ts";

const ask = (prompt: string, more: Partial<Conversation> = {}) =>
  classify("1", { messages: [{ role: "user", content: prompt }], ...more });

describe("needs", () => {
  it("are none for a plain prompt", () => {
    expect(ask("hi", { tools: [] }).needs).toEqual({ tools: false, jsonSchema: false, vision: false });
  });

  it.each(["json_schema", "json_object"])("include the schema for %s", (type) => {
    expect(ask("hi", { response_format: { type } }).needs.jsonSchema).toBe(true);
    expect(ask("hi", { response_format: { type: "text" } }).needs.jsonSchema).toBe(false);
  });

  it.each(["image_url", "input_image"])("include vision for %s, in any message, and tools", (type) => {
    const { needs } = classify("1", {
      messages: [
        { role: "user", content: [{ type }, { type: "text", text: "What is this?" }] },
        { role: "user", content: "And now?" },
      ],
      tools: [{ type: "function" }],
    });
    expect(needs).toEqual({ tools: true, jsonSchema: false, vision: true });
  });
});

describe("language", () => {
  it.each([
    ["en", "What is the difference between a cat and a dog?"],
    ["fr", "Quelle est la différence entre un chat et un chien ?"],
    ["es", "¿Cuál es la diferencia entre un gato y un perro?"],
    ["de", "Was ist der Unterschied zwischen einer Katze und einem Hund?"],
    ["it", "Qual è la differenza tra il gatto e il cane della casa?"],
    ["pt", "Qual é a diferença entre o gato e o cão? Explique, não sei."],
    ["nl", "Wat is het verschil tussen een kat en een hond?"],
    ["ru", "В чём разница между кошкой и собакой?"],
    ["ar", "ما الفرق بين القط والكلب؟"],
    ["zh", "猫和狗有什么区别？"],
    ["ja", "猫と犬の違いは何ですか？"],
    ["ko", "고양이와 개의 차이는 무엇인가요?"],
    ["en", "Translate this to English please: 猫和狗有什么区别"],
    ["und", "asdf"],
    ["und", ""],
  ])("%s: %s", (language, prompt) => {
    expect(ask(prompt).language).toBe(language);
  });
});

describe("for any text", () => {
  it.each([
    "Write a constructor poem",
    "Give me constructor ideas about toString",
    "__proto__ words, valueOf lines",
  ])("words that every JavaScript object knows are words: %s", (prompt) => {
    const { difficulty, outputTokens } = ask(prompt);
    expect([difficulty, outputTokens.p50, outputTokens.p90].every(Number.isFinite)).toBe(true);
  });

  it("answers within bounds, the same each time", () => {
    const text = fc.oneof(fc.string({ maxLength: 500 }), fc.string({ unit: "binary", maxLength: 500 }));
    fc.assert(
      fc.property(text, fc.option(fc.integer({ min: 1, max: 5000 })), (prompt, cap) => {
        const traits = ask(prompt, { max_tokens: cap });
        expect(traits.difficulty).toBeGreaterThanOrEqual(0);
        expect(traits.difficulty).toBeLessThanOrEqual(1);
        expect(Number.isInteger(traits.outputTokens.p50) && Number.isInteger(traits.outputTokens.p90)).toBe(
          true,
        );
        expect(traits.outputTokens.p50).toBeGreaterThanOrEqual(1);
        expect(traits.outputTokens.p50).toBeLessThanOrEqual(traits.outputTokens.p90);
        expect(traits.outputTokens.p90).toBeLessThanOrEqual(cap ?? Infinity);
        expect(ask(prompt, { max_tokens: cap })).toEqual(traits);
      }),
    );
  });

  it("counts no fewer input tokens when text is added", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        fc.nat(3000),
        (head, tail, times) => {
          const short = ask(head.repeat(times)).inputTokens;
          expect(ask(head.repeat(times) + tail).inputTokens).toBeGreaterThanOrEqual(short);
        },
      ),
    );
  });

  it("counts every message and the tools, and more for ideographs than for letters", () => {
    const one = ask("What is this?").inputTokens;
    const two = classify("1", {
      messages: [
        { role: "system", content: "Be kind and answer in one line." },
        { role: "user", content: "What is this?" },
      ],
    }).inputTokens;
    expect(two).toBeGreaterThan(one);
    expect(ask("What is this?", { tools: [{ type: "function" }] }).inputTokens).toBeGreaterThan(one);
    expect(ask("猫".repeat(120)).inputTokens).toBeGreaterThan(2 * ask("cat ".repeat(30)).inputTokens);
  });
});
