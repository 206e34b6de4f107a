import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SHIPPED_PROFILES, profileSchema } from "../../src/domain/policy.ts";
import type { Price } from "../../src/domain/pool.ts";
import {
  erlangB,
  expectedOutputTokens,
  shadowShare,
  usageNanoUsd,
  waitNanoUsd,
} from "../../src/pricing/cost.ts";
import { modelFacts, targetSpeed } from "../../src/pricing/speed.ts";
import { documentOf, pool } from "./fixtures.ts";

const load = (inFlight: number) => ({ inFlight, slots: 8, backends: 1 });
const context = (inFlight: number) => ({
  load: load(inFlight),
  slotsPerBackend: 8,
  powerWatts: 84,
  energyUsdPerKwh: 0.15,
});
const usage = { inputTokens: 1000, cachedInputTokens: 400, outputTokens: 500, slotSeconds: 3600 };
const hourly = (accounting: "marginal" | "amortised"): Price => ({
  basis: "hourly",
  usdPerHour: 0.8,
  accounting,
  expectedUtilization: 0.5,
});

describe("usage", () => {
  it.each<[string, Price, number, number]>([
    [
      "tokens: uncached, cached and answer",
      { basis: "tokens", usdPerMTokIn: 1, usdPerMTokCachedIn: 0.5, usdPerMTokOut: 2 },
      0,
      600_000 + 200_000 + 1_000_000,
    ],
    ["tokens without a cached price", { basis: "tokens", usdPerMTokIn: 1, usdPerMTokOut: 2 }, 0, 2_000_000],
    ["amortised: a slot's hour over utilisation", hourly("amortised"), 0, 200_000_000],
    ["marginal and idle: energy alone", hourly("marginal"), 0, 1_575_000],
    ["marginal and full: energy and the amortised price", hourly("marginal"), 8, 201_575_000],
  ])("%s", (_name, price, inFlight, nanoUsd) => {
    expect(usageNanoUsd(price, usage, context(inFlight))).toBe(nanoUsd);
  });
});

describe("the shadow price", () => {
  it("follows Erlang's B: the textbook's 10 erlangs on 10 lines block 21.5 %", () => {
    expect(erlangB(10, 10)).toBeCloseTo(0.2146, 4);
  });
  it("is 0 idle, 1 full, and never falls as load rises", () => {
    const shares = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((inFlight) => shadowShare(load(inFlight)));
    expect([shares[0], shares[8]]).toEqual([0, 1]);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });
});

describe("wait", () => {
  const profile = profileSchema.parse(SHIPPED_PROFILES.auto);
  it.each([
    ["inside comfort a second is worth nothing", { ttftMs: 900, totalMs: 9000, outputTokens: 90 }, true, 0],
    ["a late first token", { ttftMs: 3000, totalMs: 3000, outputTokens: 1 }, true, 600_000],
    ["slower than reading", { ttftMs: 1000, totalMs: 31_000, outputTokens: 100 }, true, 6_000_000],
    ["late, then slower than reading", { ttftMs: 3000, totalMs: 33_000, outputTokens: 100 }, true, 6_600_000],
    [
      "a label under reading speed that is there before a comfortable first token could have been read",
      { ttftMs: 360, totalMs: 1100, outputTokens: 7 },
      true,
      0,
    ],
    [
      "not streamed: the total counts",
      { ttftMs: 5000, totalMs: 20_000, outputTokens: 100 },
      false,
      3_000_000,
    ],
  ] as const)("%s", (_name, expected, stream, nanoUsd) => {
    expect(waitNanoUsd(profile, expected, stream)).toBe(nanoUsd);
  });
});

it("the expected length stands between median and 90th percentile", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 20_000 }), (p50, more) => {
      const tokens = expectedOutputTokens({ p50, p90: p50 + more });
      expect(tokens).toBeGreaterThanOrEqual(p50);
      expect(tokens).toBeLessThanOrEqual(p50 + more);
    }),
  );
});

describe("speeds", () => {
  const target = (change: Readonly<Record<string, unknown>>) => {
    const [made] = documentOf([
      pool("p", { prefillTokensPerSecond: undefined, decodeTokensPerSecond: undefined, ...change }),
    ]).pools;
    const model = made?.models[0];
    if (made === undefined || model === undefined) throw new Error("no target");
    return { pool: made, model };
  };
  it("declared beats the roofline beats what is assumed, and each says which", () => {
    const h100 = { hardware: { id: "h100" } };
    const sources = [target({ ...h100, decodeTokensPerSecond: 9 }), target(h100), target({})].map(
      (one) => targetSpeed(one, 1, 100).source,
    );
    expect(sources).toEqual(["declared", "roofline", "assumed"]);
  });
  it("a busier backend is slower for each of its requests", () => {
    const slow = targetSpeed(target({ hardware: { id: "l4" } }), 16, 4000).decodeTokensPerSecond;
    expect(slow).toBeLessThan(targetSpeed(target({ hardware: { id: "l4" } }), 1, 4000).decodeTokensPerSecond);
  });
  it.each([
    ["meta-llama/Llama-3.1-8B-Instruct", 8.03],
    ["some-model-13b-chat", 13],
    ["tiny-270m", 0.27],
    ["mystery", null],
  ])("%s has %s billion parameters", (name, paramsB) => {
    expect(modelFacts(name)?.paramsB ?? null).toBe(paramsB);
  });
});
