import { describe, expect, it } from "vitest";
import { textOf as messageText } from "../../src/domain/chat.ts";
import { TASKS } from "../../src/domain/traits.ts";
import { difficultPrompts, ownPrompts } from "../../training/data.ts";
import { fit, leastSquares, softmax } from "../../training/fit.ts";
import { buildLexicon, partsOf, readForms } from "../../training/lexicon.ts";
import { apgr, auc, spearman } from "../../training/measures.ts";
import { disturbed } from "../../training/noise.ts";

const prompts = ownPrompts();
const textOf = ({ conversation }: (typeof prompts)[number]) => JSON.stringify(conversation.messages);

describe("the project's own prompts", () => {
  it("are enough, in fourteen languages and every task", () => {
    expect(prompts.length).toBeGreaterThanOrEqual(6_000);
    const languages = [...Map.groupBy(prompts, ({ language }) => language)].filter(
      ([, own]) => own.length >= 500,
    );
    expect(languages.map(([language]) => language).toSorted()).toEqual([
      "ar",
      "de",
      "en",
      "es",
      "fr",
      "hi",
      "it",
      "ja",
      "ko",
      "nl",
      "pl",
      "pt",
      "ru",
      "zh",
    ]);
    for (const [, own] of languages) expect(new Set(own.map(({ task }) => task)).size).toBe(TASKS.length);
  });
  it("are each there once", () => {
    expect(new Set(prompts.map(textOf)).size).toBe(prompts.length);
  });
  it("are not the work of one pattern: no two opening words begin one in fifty of a language", () => {
    for (const [, own] of Map.groupBy(prompts, ({ language }) => language)) {
      const openings = Map.groupBy(own, ({ conversation }) =>
        conversation.messages
          .slice(-1)
          .map(messageText)
          .join("")
          .toLowerCase()
          .split(/\s+/)
          .slice(0, 2)
          .join(" "),
      );
      // Scripts without spaces have their whole line in an opening.
      expect(Math.max(...[...openings.values()].map(({ length }) => length)) / own.length).toBeLessThan(0.02);
    }
  });
});

describe("the lexicon", () => {
  it.each([
    ["a word", "translate", 1],
    ["a stem", "translat*", 1],
    ["a phrase", "how many", 2],
    ["an apostrophe parts words", "qu'est-ce que", 4],
    ["ideographs one by one", "翻译", 2],
    ["a number says nothing", "1-5", 0],
  ])("%s: %s", (_name, form, parts) => {
    expect(partsOf(form)).toHaveLength(parts);
  });
  it("has the same concepts in every language", () => {
    const forms = readForms().filter(
      ({ concept, language }) => !concept.startsWith("x_") && language !== "xx",
    );
    const counts = Map.groupBy(forms, ({ language }) => language);
    const sizes = [...counts.values()].map((own) => new Set(own.map(({ concept }) => concept)).size);
    expect([counts.size, new Set(sizes).size]).toEqual([14, 1]);
  });
  it("finds what it was built from", () => {
    const { keys, meanings, concepts } = buildLexicon([
      { concept: "count", text: "how many", language: "en" },
      { concept: "way", text: "how", language: "en" },
    ]);
    expect([keys.marks.length, concepts]).toEqual([2, ["count", "way"]]);
    expect(meanings.toSorted((a, b) => a.first - b.first)).toEqual([
      { first: 0, second: -1, more: false },
      { first: 1, second: -1, more: true },
    ]);
  });
});

describe("fitting", () => {
  const examples = [0, 1].map((row) => ({ rows: Int32Array.of(row), values: Float32Array.of(1) }));
  const fitted = () =>
    fit(examples, { rows: 2, columns: 2, epochs: 50, rate: 0.3, seed: 3 }, (outputs, at) => {
      softmax(outputs);
      outputs[at] = (outputs[at] ?? 0) - 1;
    });
  it("learns, and gives the same bytes each time", () => {
    const weights = fitted();
    expect((weights[0] ?? 0) > (weights[1] ?? 0) && (weights[3] ?? 0) > (weights[2] ?? 0)).toBe(true);
    expect(fitted()).toEqual(weights);
  });
  it("least squares finds a line", () => {
    const line = leastSquares(
      [0, 1, 2, 3].map((x) => [1, x]),
      [1, 3, 5, 7],
      1e-9,
    );
    expect(line.map((one) => Math.round(one * 1000) / 1000)).toEqual([1, 2]);
  });
  it("disturbs each prompt, the same each time", () => {
    const some = prompts.slice(0, 50);
    const [once, again] = [disturbed(some, 1), disturbed(some, 1)];
    expect(once.map(textOf)).toEqual(again.map(textOf));
    expect(once.filter((one, at) => textOf(one) === textOf(some[at] ?? one)).length).toBeLessThan(25);
  });
});

describe("public data that is not here", () => {
  it("is named, with what it is", () => {
    expect(() => difficultPrompts("/nowhere")).toThrow(/difficulty\.jsonl is missing.*MMLU-Pro/);
  });
});

describe("measures", () => {
  it.each([
    ["a perfect ranking", [1, 2, 3, 4], 1],
    ["the reverse", [4, 3, 2, 1], -1],
  ])("Spearman of %s", (_name, ranks, value) => {
    expect(spearman([10, 20, 30, 40], ranks)).toBeCloseTo(value, 9);
  });
  it("AUC: the chance that one that fails ranks higher", () => {
    expect(auc([1, 2, 3, 4], [false, false, true, true])).toBe(1);
    expect(auc([1, 1, 1, 1], [false, true, false, true])).toBe(0.5);
  });
  it("APGR: one half when the ranking says nothing", () => {
    const pairs = Array.from({ length: 100 }, (_, at) => ({ small: 0, large: at % 2 }));
    const blind = pairs.map((_, at) => Math.floor(at / 2));
    expect(apgr(blind, pairs)).toBeCloseTo(0.505, 1);
    expect(
      apgr(
        pairs.map(({ large }) => large),
        pairs,
      ),
    ).toBeCloseTo(0.75, 1);
  });
});
