import { describe, expect, it } from "vitest";
import { CORRECTION, corrected, noneSeen, withAnswer } from "../../src/classify/correction.ts";
import { classify } from "../../src/classify/classify.ts";

describe("the level of answer lengths", () => {
  const answers = (count: number, tokens: number, expected: number) => {
    let octaves = 0;
    for (let seen = 0; seen < count; seen += 1)
      octaves = corrected(octaves, withAnswer(noneSeen, tokens, expected * 2 ** octaves));
    return octaves;
  };
  it.each([
    ["one answer says little", 1, 400, 0.1],
    ["fifty that are four times as long say most of two octaves", 50, 400, 1.8],
    ["fifty as expected say nothing", 50, 100, 0],
    ["fifty that are shorter", 50, 25, -1.8],
    ["an absurd one is bounded", 1, 1e9, 0.14],
  ])("%s", (_name, count, tokens, octaves) => {
    expect(answers(count, tokens, 100)).toBeCloseTo(octaves, 1);
  });
  it("never goes further than its bound", () => {
    expect(answers(10_000, 1e9, 100)).toBeLessThanOrEqual(CORRECTION.octavesMost);
  });
  it("moves what is learned, not what is spelled out", () => {
    const of = (content: string, octaves: number) =>
      classify("1", { messages: [{ role: "user", content }] }, { generation: octaves }).outputTokens.p50;
    expect(of("Write a poem about autumn", 1) / of("Write a poem about autumn", 0)).toBeCloseTo(2, 1);
    expect(of("Write a poem of 100 words about autumn", 1)).toBe(
      of("Write a poem of 100 words about autumn", 0),
    );
  });
});
