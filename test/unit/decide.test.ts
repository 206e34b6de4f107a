import { describe, expect, it } from "vitest";
import type { Ask } from "../../src/domain/ask.ts";
import type { Decision } from "../../src/domain/decision.ts";
import { pickBackend } from "../../src/dispatch/fleet.ts";
import { NOW_MS, ask, byTheHour, decideFor, documentOf, pool } from "./fixtures.ts";

const cheap = pool("cheap", { price: { basis: "tokens", usdPerMTokIn: 0.1, usdPerMTokOut: 0.2 } });
const dear = pool("dear", { price: { basis: "tokens", usdPerMTokIn: 3, usdPerMTokOut: 9 } });
const maxPrice = (change: Partial<Ask["preferences"]["maxPrice"]>): Ask["preferences"] => ({
  ...ask().preferences,
  maxPrice: { usdPerMTokIn: null, usdPerMTokOut: null, ...change },
});
const rejection = (decision: Decision, poolId: string) => {
  const verdict = decision.targets.find((one) => one.pool === poolId);
  return verdict?.verdict === "rejected" ? verdict.filter : null;
};

describe("the seeded fleet: dollars and capability decide, no rule does", () => {
  const altra = pool("altra", {
    kind: "cpu",
    hardware: { id: "altra-q80", count: 0.4 },
    powerWatts: 84,
    price: { basis: "hourly", usdPerHour: 0.416, accounting: "marginal" },
    backends: [{ id: "a", url: "https://altra.example.net/v1", slots: 8 }],
    models: [{ id: "llama-3.2-3b-instruct", contextTokens: 131072, quantization: "q8_0" }],
    prefillTokensPerSecond: undefined,
    decodeTokensPerSecond: undefined,
  });
  const gpu = (id: string, usdPerHour: number, model: string) =>
    pool(id, {
      hardware: { id, count: 1 },
      price: { basis: "hourly", usdPerHour, accounting: "amortised" },
      backends: [{ id: "a", url: `https://${id}.example.net/v1`, slots: 16 }],
      models: [{ id: model, contextTokens: 131072, quantization: "fp8" }],
      prefillTokensPerSecond: undefined,
      decodeTokensPerSecond: undefined,
    });
  const pools = [
    altra,
    gpu("l4", 0.71, "llama-3.1-8b-instruct"),
    gpu("h100", 6.88, "llama-3.1-70b-instruct"),
  ];

  it.each([
    ["sentiment", { task: "classification", difficulty: 0.12, outputTokens: { p50: 4, p90: 12 } }, "altra"],
    [
      "a long essay",
      { task: "generation", difficulty: 0.63, outputTokens: { p50: 2700, p90: 4300 } },
      "h100",
    ],
    ["an easy page", { task: "generation", difficulty: 0.42, outputTokens: { p50: 700, p90: 1200 } }, "l4"],
    ["a proof", { task: "reasoning", difficulty: 0.75, outputTokens: { p50: 400, p90: 900 } }, "h100"],
  ] as const)("%s goes where it is cheapest capable", (_name, change, expected) => {
    expect(decideFor({ pools, traits: change }).order[0]?.split("/")[0]).toBe(expected);
  });

  it("fills up: a busy CPU's shadow price hands even sentiment on", () => {
    const fleet = new Map([["altra/a", { inFlight: 8, strikes: 0, ejectedUntilMs: 0 }]]);
    const decision = decideFor({ pools, fleet });
    expect(rejection(decision, "altra")).toBe("full");
    expect(decision.order[0]).toBe("l4/llama-3.1-8b-instruct");
  });
});

describe("filters, each with its name", () => {
  it.each([
    ["draining", pool("x", { draining: true }), {}],
    ["draining", pool("x", { weight: 0 }), {}],
    ["not_allowed", pool("x"), { ask: { preferences: { ...ask().preferences, only: ["cheap"] } } }],
    ["not_allowed", pool("x"), { ask: { preferences: { ...ask().preferences, ignore: ["x"] } } }],
    ["wrong_model", pool("x"), { ask: { selector: { kind: "models", names: ["cheap-8b"] } } }],
    [
      "capability",
      pool("x", { models: [{ id: "x-8b", contextTokens: 8192 }] }),
      { traits: { needs: { tools: true, jsonSchema: false, vision: false } } },
    ],
    [
      "context_window",
      pool("x", { models: [{ id: "x-8b", contextTokens: 1000 }] }),
      { traits: { inputTokens: 5000 } },
    ],
    [
      "quality",
      pool("x", { skills: { classification: 0.2 } }),
      { traits: { difficulty: 0.4 }, ask: { minQuality: 0.6 } },
    ],
    ["too_slow", pool("x", { prefillTokensPerSecond: 10 }), { ask: { maxTtftMs: 500 } }],
    ["too_dear", dear, { ask: { maxCostUsd: 0.0001 } }],
    ["too_dear", byTheHour, { ask: { preferences: maxPrice({ usdPerMTokIn: 0.6 }) } }],
    ["too_dear", byTheHour, { ask: { preferences: maxPrice({ usdPerMTokOut: 13 }) } }],
    [null, byTheHour, { ask: { preferences: maxPrice({ usdPerMTokIn: 0.65, usdPerMTokOut: 14 }) } }],
    ["unpriced", pool("x", { price: undefined }), {}],
  ] as const)("%s", (filter, subject, situation) => {
    const decision = decideFor({ pools: [cheap, subject], ...situation });
    expect(rejection(decision, String(subject["id"]))).toBe(filter);
  });

  it("down while ejected, and back when the time is over", () => {
    const ejected = (untilMs: number) =>
      new Map([["cheap/a", { inFlight: 0, strikes: 1, ejectedUntilMs: untilMs }]]);
    expect(rejection(decideFor({ pools: [cheap, dear], fleet: ejected(NOW_MS + 1) }), "cheap")).toBe("down");
    expect(rejection(decideFor({ pools: [cheap, dear], fleet: ejected(NOW_MS) }), "cheap")).toBeNull();
  });

  it("an explicit price of 0 is free and wins", () => {
    const free = pool("free", { price: { basis: "tokens", usdPerMTokIn: 0, usdPerMTokOut: 0 } });
    expect(decideFor({ pools: [cheap, free] }).order[0]).toBe("free/free-8b");
  });
});

describe("reasons", () => {
  const down = new Map([["cheap/a", { inFlight: 0, strikes: 3, ejectedUntilMs: NOW_MS + 9000 }]]);
  const full = new Map([["cheap/a", { inFlight: 4, strikes: 0, ejectedUntilMs: 0 }]]);
  it.each([
    ["cheapest_capable", { pools: [cheap, dear] }],
    ["only_capable", { pools: [cheap] }],
    ["pinned_model", { pools: [cheap, dear], ask: { selector: { kind: "models", names: ["dear-8b"] } } }],
    ["pinned_pool", { pools: [cheap, dear], ask: { selector: { kind: "pool", id: "dear" } } }],
    [
      "pinned_pool",
      { pools: [cheap, dear], ask: { preferences: { ...ask().preferences, order: ["dear"] } } },
    ],
    ["session_affinity", { pools: [cheap, { ...cheap, id: "twin" }], ask: { session: "s" } }],
    ["default_no_evidence", { pools: [cheap, dear], traits: { evidence: "none" } }],
    ["degraded_classifier", { pools: [cheap, dear], traits: { evidence: "none" }, classifierFailed: true }],
    ["degraded_stale_registry", { pools: [cheap, dear], stale: true }],
    ["panic_all_unhealthy", { pools: [cheap], fleet: down }],
    ["all_full", { pools: [cheap], fleet: full }],
    ["no_capable_pool", { pools: [] }],
  ] as const)("%s", (reason, situation) => {
    expect(decideFor(situation).reason).toBe(reason);
  });

  it("no evidence never lands on the cheapest by accident: the policy's profile asks for quality", () => {
    const weak = pool("weak", {
      skills: { chat: 0.4 },
      price: { basis: "tokens", usdPerMTokIn: 0, usdPerMTokOut: 0 },
    });
    const strong = pool("strong", { skills: { chat: 0.9 } });
    const decision = decideFor({
      pools: [weak, strong],
      traits: { task: "chat", difficulty: 0.4, evidence: "none" },
    });
    expect([decision.profile, decision.order[0]]).toEqual(["best", "strong/strong-8b"]);
  });
});

describe("the quality floor", () => {
  const poor = pool("poor", { skills: { classification: 0.1 } });
  it("of a profile is lowered to the best that stands, and says so", () => {
    const decision = decideFor({ pools: [poor], traits: { difficulty: 0.5 } });
    expect(decision.order).toHaveLength(1);
    expect(decision.qualityFloor.used).toBeLessThan(decision.qualityFloor.asked);
  });
  it("of a profile is not held up by a target that the request's own limits rule out", () => {
    const good = pool("good", { price: { basis: "tokens", usdPerMTokIn: 900, usdPerMTokOut: 900 } });
    const decision = decideFor({
      pools: [poor, good],
      traits: { difficulty: 0.3 },
      ask: { maxCostUsd: 0.001 },
    });
    expect([decision.order, rejection(decision, "good")]).toEqual([["poor/poor-8b"], "too_dear"]);
  });
  it("of a profile that is named beside a list of models counts too", () => {
    const selector = { kind: "models", names: ["poor-8b", "dear-8b"] } as const;
    const order = (profile: string | null) =>
      decideFor({ pools: [poor, dear], traits: { difficulty: 0.4 }, ask: { selector, profile } }).order;
    expect([order(null)[0], order("best")]).toEqual(["poor/poor-8b", ["dear/dear-8b"]]);
  });
  it("of a request is strict", () => {
    expect(decideFor({ pools: [poor], traits: { difficulty: 0.5 }, ask: { minQuality: 0.6 } }).reason).toBe(
      "no_capable_pool",
    );
  });
});

describe("what a request ranks itself", () => {
  it("models: the first of the list that is served, whatever it costs", () => {
    const decision = decideFor({
      pools: [cheap, dear],
      ask: { selector: { kind: "models", names: ["dear-8b", "cheap-8b"] } },
    });
    expect(decision.order).toEqual(["dear/dear-8b", "cheap/cheap-8b"]);
  });
  it("provider.order before cost, allow_fallbacks false leaves one", () => {
    const preferences = { ...ask().preferences, order: ["dear"] };
    expect(decideFor({ pools: [cheap, dear], ask: { preferences } }).order[0]).toBe("dear/dear-8b");
    expect(
      decideFor({ pools: [cheap, dear], ask: { preferences: { ...preferences, allowFallbacks: false } } })
        .order,
    ).toEqual(["dear/dear-8b"]);
  });
  it("provider.sort latency takes the quicker", () => {
    const quick = { ...dear, prefillTokensPerSecond: 90_000, decodeTokensPerSecond: 500 };
    expect(
      decideFor({ pools: [cheap, quick], ask: { preferences: { ...ask().preferences, sort: "latency" } } })
        .order[0],
    ).toBe("dear/dear-8b");
  });
});

describe("the backend inside a pool", () => {
  const [two] = documentOf([
    pool("p", {
      backends: [
        { id: "a", url: "https://a.example.net", slots: 2 },
        { id: "b", url: "https://b.example.net", slots: 2 },
      ],
    }),
  ]).pools;
  const pickFrom = (fleet: Parameters<typeof pickBackend>[1], tried: readonly string[] = []) =>
    two === undefined
      ? null
      : (pickBackend(two, fleet, {
          nowMs: 0,
          panic: false,
          session: null,
          tried: new Set(tried),
          overflow: false,
          random: () => 0.1,
        })?.id ?? null);
  it("skips the full, the ejected and the tried", () => {
    expect(pickFrom(new Map([["p/a", { inFlight: 2, strikes: 0, ejectedUntilMs: 0 }]]))).toBe("b");
    expect(pickFrom(new Map([["p/a", { inFlight: 0, strikes: 1, ejectedUntilMs: 1 }]]))).toBe("b");
    expect(pickFrom(new Map(), ["p/a"])).toBe("b");
    expect(pickFrom(new Map(), ["p/a", "p/b"])).toBeNull();
  });
});
