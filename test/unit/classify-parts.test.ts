import { describe, expect, it } from "vitest";
import { explain } from "../../src/classify/explain.ts";
import { GROUPS } from "../../src/classify/features.ts";
import { KeyTable, keyOf, storeKeys } from "../../src/classify/key-table.ts";
import { languages, counter } from "../../src/classify/shipped.ts";
import { zonesOf } from "../../src/classify/zones.ts";
import { dice } from "../../training/fit.ts";

describe("the table of keys", () => {
  it("finds each of a hundred thousand at its place, and hardly anything else", () => {
    const random = dice(5);
    const hash = () => Math.floor(random() * 2 ** 32);
    const keys = [...new Set(Array.from({ length: 100_000 }, () => keyOf(hash())))].toSorted((a, b) => a - b);
    const table = new KeyTable(storeKeys(keys));
    expect(keys.findIndex((key, place) => table.find(key * 16) !== place)).toBe(-1);
    const found = Array.from({ length: 10_000 }, hash).filter((one) => table.find(one) >= 0);
    // 100,000 of 2^28.
    expect(found.length).toBeLessThan(20);
  });
});

describe("tokens that an ask spells out", () => {
  it.each([
    ["Write a 500-word essay", 750],
    ["an essay of 2,000 words", 3000],
    ["en 3 phrases", 78],
    ["zwei Absätze", 220],
    ["10 ideas", 300],
    ["10 short ideas", 300],
    ["5个建议", 150],
    ["200자 이내로", 70],
    ["три предложения", 78],
    ["the 3 musketeers", null],
    ["I have 2 dogs. Words fail me", null],
    ["pages 3 to 5 are missing", null],
  ])("%s: %s", (ask, tokens) => {
    expect(counter.countedIn(ask)).toBe(tokens);
  });
});

describe("the language of the ask", () => {
  it.each([
    ["Could you check my homework?", "en"],
    ["Pourrais-tu relire ma lettre ?", "fr"],
    ["Kannst du das bitte kürzer machen?", "de"],
    ["¿Me ayudas con los deberes?", "es"],
    ["Mi aiuti con i compiti?", "it"],
    ["Você pode revisar este texto?", "pt"],
    ["Kun je deze zin verbeteren?", "nl"],
    ["Czy możesz poprawić to zdanie?", "pl"],
    ["Можешь проверить текст?", "ru"],
    ["هل يمكنك تصحيح النص؟", "ar"],
    ["क्या आप इसे ठीक कर सकते हैं?", "hi"],
    ["你能帮我改一下吗？", "zh"],
    ["この文を直してください", "ja"],
    ["이 문장을 고쳐 주세요", "ko"],
    ["Μπορείς να με βοηθήσεις;", "el"],
    ["12345 + 6", "und"],
  ])("%s", (ask, language) => {
    expect(languages.of(ask)).toBe(language);
  });
});

describe("zones", () => {
  const zonesOfText = (content: string) => {
    const { ask, headEnd, tailStart } = zonesOf({ messages: [{ role: "user", content }] });
    return [ask.slice(0, headEnd), ask.slice(headEnd, tailStart).length, ask.slice(tailStart)];
  };
  const pasted = "The tide came in and the boats went out, as on every day of that long summer. ".repeat(20);
  it.each([
    ["a short ask is all opening", "What is love?", "What is love?", 0, ""],
    ["after a line", `Sum up this letter:\n${pasted}`, "Sum up this letter:", pasted.length - 200, null],
    ["after a colon", `Sentiment of this: ${pasted}`, "Sentiment of this:", pasted.length - 200, null],
    [
      "before the ask",
      `${pasted}\nWho went out?`,
      pasted.slice(0, 400),
      pasted.length - 400,
      "\nWho went out?",
    ],
  ])("the paste is found: %s", (_name, text, head, least, tail) => {
    const [opening, middle, close] = zonesOfText(text);
    expect(opening).toBe(head);
    expect(middle).toBeGreaterThanOrEqual(least - 2);
    expect(close).toBe(tail ?? close);
  });
  it("a megabyte is read at its ends", () => {
    const { ask, askLength } = zonesOf({
      messages: [{ role: "user", content: `Translate: ${"word ".repeat(200_000)}` }],
    });
    expect([ask.length < 7_000, askLength > 1_000_000]).toEqual([true, true]);
  });
});

describe("an explanation", () => {
  const prompt = "canary-7f3a: is the sentiment of this review positive or negative? Review: great";
  const explained = explain({ messages: [{ role: "user", content: prompt }] });
  it("names the groups, and concepts in place of words", () => {
    expect(Object.keys(explained.groups).toSorted()).toEqual([...GROUPS].toSorted());
    expect(explained.concepts).toContain("sentiment");
    expect(JSON.stringify(explained)).not.toContain("canary");
  });
  it("its probabilities sum to 1, and its groups speak for the task", () => {
    const sum = Object.values(explained.probabilities).reduce((total, one) => total + one, 0);
    expect(sum).toBeCloseTo(1, 1);
    expect((explained.groups["ask"] ?? 0) + (explained.groups["concepts"] ?? 0)).toBeGreaterThan(0);
  });
});
