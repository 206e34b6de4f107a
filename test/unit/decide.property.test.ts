import fc from "fast-check";
import { expect, it } from "vitest";
import type { Decision } from "../../src/domain/decision.ts";
import type { FleetView } from "../../src/domain/load.ts";
import { NOW_MS, decideFor, pool } from "./fixtures.ts";

const poolSpec = fc.record({
  weight: fc.constantFrom(0, 1, 3),
  priceIn: fc.double({ min: 0, max: 10, noNaN: true }),
  priceOut: fc.double({ min: 0, max: 30, noNaN: true }),
  factor: fc.constantFrom(0.5, 1, 2),
  skill: fc.double({ min: 0, max: 1, noNaN: true }),
  inFlight: fc.integer({ min: 0, max: 5 }),
  ejected: fc.boolean(),
});
type Spec = {
  weight: number;
  priceIn: number;
  priceOut: number;
  factor: number;
  skill: number;
  inFlight: number;
  ejected: boolean;
};
const fleetOf = (specs: readonly Spec[]): FleetView =>
  new Map(
    specs.map((spec, index) => [
      `p${index}/a`,
      { inFlight: spec.inFlight, strikes: 0, ejectedUntilMs: spec.ejected ? NOW_MS + 1 : 0 },
    ]),
  );
const run = (specs: readonly Spec[], random = 0.5, fleet = fleetOf(specs)): Decision =>
  decideFor({
    pools: specs.map((spec, index) =>
      pool(`p${index}`, {
        weight: spec.weight,
        priceFactor: spec.factor,
        skills: { classification: spec.skill },
        price: { basis: "tokens", usdPerMTokIn: spec.priceIn, usdPerMTokOut: spec.priceOut },
      }),
    ),
    fleet,
    random: () => random,
  });
const specs = fc.array(poolSpec, { minLength: 1, maxLength: 6 });

it("the pick is the minimum over the eligible, within the tie tolerance, by brute force", () => {
  fc.assert(
    fc.property(specs, fc.double({ min: 0, max: 0.999, noNaN: true }), (fleet, random) => {
      const decision = run(fleet, random);
      const costs = decision.targets.flatMap((one) =>
        one.verdict === "candidate" ? [{ id: one.target, cost: one.terms.comparedNanoUsd }] : [],
      );
      const cheapest = Math.min(...costs.map(({ cost }) => cost));
      const picked = costs.find(({ id }) => id === decision.order[0]);
      expect(decision.order.length).toBe(costs.length);
      expect(picked?.cost ?? cheapest).toBeLessThanOrEqual(cheapest * 1.02);
    }),
  );
});

it("weight 0 is never picked, nor is it a fallback", () => {
  fc.assert(
    fc.property(specs, (fleet) => {
      const zero = fleet.flatMap(({ weight }, index) => (weight === 0 ? [`p${index}`] : []));
      expect(run(fleet).order.some((id) => zero.includes(id.split("/")[0] ?? ""))).toBe(false);
    }),
  );
});

it("the same inputs give the same decision", () => {
  fc.assert(
    fc.property(specs, fc.double({ min: 0, max: 0.999, noNaN: true }), (fleet, random) => {
      expect(run(fleet, random)).toEqual(run(fleet, random));
    }),
  );
});

it("terms add up to their total, in whole nano-USD", () => {
  fc.assert(
    fc.property(specs, (fleet) => {
      const terms = run(fleet).targets.flatMap((one) => (one.verdict === "candidate" ? [one.terms] : []));
      expect(terms.map((one) => one.usageNanoUsd + one.waitNanoUsd)).toEqual(
        terms.map((one) => one.totalNanoUsd),
      );
      expect(terms.every((one) => Number.isInteger(one.comparedNanoUsd))).toBe(true);
    }),
  );
});

it("worse health never raises a rank: an ejected target leaves, a loaded one is no nearer to being picked", () => {
  const healthy = poolSpec.map((spec) => ({
    ...spec,
    weight: 1,
    factor: 1,
    skill: 0.9,
    ejected: false,
    inFlight: 0,
  }));
  fc.assert(
    fc.property(
      fc.array(healthy, { minLength: 2, maxLength: 5 }),
      fc.nat(),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (fleet, which, random) => {
        const victim = `p${which % fleet.length}`;
        const placed = (state: { inFlight: number; ejectedUntilMs: number }) =>
          run(fleet, random, new Map([[`${victim}/a`, { strikes: 0, ...state }]])).order.indexOf(
            `${victim}/${victim}-8b`,
          );
        const wasFirst = placed({ inFlight: 0, ejectedUntilMs: 0 }) === 0;
        const loadedFirst = placed({ inFlight: 3, ejectedUntilMs: 0 }) === 0;
        expect(placed({ inFlight: 0, ejectedUntilMs: NOW_MS + 1 })).toBe(-1);
        expect(loadedFirst && !wasFirst && !tiedWithCheapest(fleet, which % fleet.length)).toBe(false);
      },
    ),
  );
});

/** Inside a tie group the dice decide, whoever is busier. */
const tiedWithCheapest = (fleet: readonly Spec[], index: number): boolean => {
  const costs = run(fleet).targets.map((one) =>
    one.verdict === "candidate" ? one.terms.comparedNanoUsd : Infinity,
  );
  return (costs[index] ?? Infinity) <= Math.min(...costs) * 1.02;
};
