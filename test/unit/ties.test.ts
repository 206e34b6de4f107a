import { describe, expect, it } from "vitest";
import { decideFor, pool } from "./fixtures.ts";

describe("ties", () => {
  const twins = [pool("a"), pool("b", { weight: 3 })];
  const draws = Array.from({ length: 400 }, (_, index) => ((index * 151) % 400) / 400);
  const shareOfB = (fleet: Parameters<typeof decideFor>[0]["fleet"] = new Map()) => {
    let index = 0;
    const random = () => draws[index++ % draws.length] ?? 0;
    const picks = draws.map(() => decideFor({ pools: twins, random, fleet }).order[0]);
    return picks.filter((id) => id === "b/b-8b").length / picks.length;
  };
  const busy = (inFlight: number) => ({ inFlight, strikes: 0, ejectedUntilMs: 0 });
  it("idle, share exactly by weight: three times the weight, three quarters of the traffic", () => {
    expect(shareOfB()).toBeCloseTo(0.75, 1);
  });
  it("loaded in proportion to their weights, go on sharing by weight and room", () => {
    expect(
      shareOfB(
        new Map([
          ["a/a", busy(1)],
          ["b/a", busy(3)],
        ]),
      ),
    ).toBeCloseTo(0.5, 1);
  });
  it("the busier of two is picked less than its weight says", () => {
    expect(shareOfB(new Map([["b/a", busy(2)]]))).toBeLessThan(0.5);
  });
  it("a conversation stays where it is while the others come and go", () => {
    const at = (pools: Parameters<typeof decideFor>[0]["pools"]) =>
      decideFor({ pools, ask: { session: "talk" } }).order[0];
    const home = at(twins);
    const other = twins.filter((one) => !home?.startsWith(`${String(one["id"])}/`));
    expect(
      at([...twins, pool("c")].filter((one) => one["id"] !== other[0]?.["id"] && one["id"] !== "c")),
    ).toBe(home);
  });
  it("a price factor changes the comparison and is shown", () => {
    const [first] = decideFor({ pools: [pool("a", { priceFactor: 5 }), pool("b")] }).order;
    expect(first).toBe("b/b-8b");
  });
});
