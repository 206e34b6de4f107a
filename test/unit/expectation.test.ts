import { describe, expect, it } from "vitest";
import { NOW_MS, byTheHour, decideFor, pool } from "./fixtures.ts";

describe("what is expected of a target", () => {
  const candidate = (situation: Parameters<typeof decideFor>[0]) => {
    const [verdict] = decideFor(situation).targets;
    if (verdict?.verdict !== "candidate") throw new Error("rejected");
    return verdict;
  };
  it("n answers cost n times their tokens, not n times the prompt, and take no longer", () => {
    const price = { basis: "tokens", usdPerMTokIn: 1, usdPerMTokOut: 1_000 };
    const [one, five] = [1, 5].map((choices) =>
      candidate({ pools: [pool("x", { price })], ask: { choices, maxOutputTokens: 4 } }),
    );
    expect([one?.terms.usageNanoUsd, five?.terms.usageNanoUsd]).toEqual([4_040_000, 20_040_000]);
    expect(five?.totalMs).toBe(one?.totalMs);
  });
  it("n answers hold n slots of a pool that is priced by the hour", () => {
    const [one, five] = [1, 5].map((choices) => candidate({ pools: [byTheHour], ask: { choices } }));
    expect(five?.terms.usageNanoUsd).toBeCloseTo(5 * (one?.terms.usageNanoUsd ?? 0), -1);
  });
  it("its load is that of the backends that can be used", () => {
    const backends = ["a", "b"].map((id) => ({ id, url: `https://${id}.example.net`, slots: 2 }));
    const fleet = new Map([["x/a", { inFlight: 1, strikes: 1, ejectedUntilMs: NOW_MS + 1 }]]);
    const { inFlight, slots, backends: count } = candidate({ pools: [pool("x", { backends })], fleet });
    expect([inFlight, slots, count]).toEqual([0, 2, 1]);
  });
});
