import { describe, expect, it } from "vitest";
import { effectText } from "../../scripts/cli/effect.ts";
import { whatIf } from "../../src/dispatch/what-if.ts";
import { ask, decideFor, documentOf, pool } from "./fixtures.ts";

const tokens = (usdPerMTokIn: number) => ({
  price: { basis: "tokens", usdPerMTokIn, usdPerMTokOut: usdPerMTokIn },
});
const [cheap, dear] = [pool("cheap", tokens(1)), pool("dear", tokens(10))];
const taken = decideFor({ pools: [cheap, dear] });
const free = { decision: taken, ask: ask() };
/** Only the cheap pool may answer it. */
const bound = { decision: taken, ask: ask({ selector: { kind: "pool", id: "cheap" } }) };
const draining = { draining: true };

describe("what a change would have done to requests that it refuses", () => {
  const effectOf = (after: Parameters<typeof documentOf>[0]) =>
    whatIf([free, bound], documentOf([cheap, dear]), documentOf(after));

  it("all drained: every one is refused, and nothing is saved", () => {
    expect(
      effectOf([
        { ...cheap, ...draining },
        { ...dear, ...draining },
      ]),
    ).toMatchObject({
      decisions: 2,
      moved: 2,
      after: { none: 2 },
      refusedBefore: 0,
      refusedAfter: 2,
      compared: 0,
      expectedCostUsdBefore: 0,
      expectedCostUsdAfter: 0,
    });
  });

  it("some refused: the costs are of those that are served on both sides", () => {
    const effect = effectOf([{ ...cheap, ...draining }, dear]);
    expect(effect).toMatchObject({ moved: 2, refusedAfter: 1, compared: 1, after: { dear: 1, none: 1 } });
    expect(effect.expectedCostUsdAfter / effect.expectedCostUsdBefore).toBeCloseTo(10, 1);
  });

  it("taken back: fewer are refused", () => {
    const before = documentOf([{ ...cheap, ...draining }, dear]);
    expect(whatIf([bound], before, documentOf([cheap, dear]))).toMatchObject({
      refusedBefore: 1,
      refusedAfter: 0,
      compared: 0,
    });
  });
});

describe("the effect in words", () => {
  const effect = {
    decisions: 4,
    moved: 2,
    before: { cheap: 4 },
    after: { cheap: 2, dear: 2 },
    refusedBefore: 0,
    refusedAfter: 0,
    compared: 4,
    expectedCostUsdBefore: 0.5,
    expectedCostUsdAfter: 1,
  };
  const headOf = (change: Partial<typeof effect>) => effectText({ ...effect, ...change }).split("pool ")[0];
  it.each([
    ["all served", {}, "2 moved, expected cost 0.500000000 -> 1.000000000 USD (+100 %)\n"],
    [
      "some refused",
      { refusedAfter: 1, compared: 3 },
      "2 moved, expected cost of the 3 that are served before and after 0.500000000 -> 1.000000000 USD (+100 %)\n1 more would be refused (503)\n",
    ],
    [
      "all refused",
      { refusedAfter: 4, compared: 0 },
      "2 moved, none is served both before and after, so there are no costs to compare\n4 more would be refused (503)\n",
    ],
    [
      "fewer refused",
      { refusedBefore: 3, refusedAfter: 1, compared: 1 },
      "2 moved, expected cost of the 1 that are served before and after 0.500000000 -> 1.000000000 USD (+100 %)\n2 fewer would be refused (503)\n",
    ],
  ])("%s", (_what, change, text) => {
    expect(headOf(change)).toBe(`on the last 4 decisions: ${text}`);
  });
});
