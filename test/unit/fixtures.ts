/** Minimal data for tests: a registry of two pools, an ask, traits. Each helper takes only what a test says. */
import type { Ask } from "../../src/domain/ask.ts";
import { type RegistryDocument, registryDocumentSchema } from "../../src/domain/registry.ts";
import type { Traits } from "../../src/domain/traits.ts";
import { decide } from "../../src/dispatch/decide.ts";
import type { FleetView } from "../../src/domain/load.ts";

type PoolInput = Readonly<Record<string, unknown>>;

export const pool = (id: string, change: PoolInput = {}): PoolInput => ({
  id,
  kind: "gpu",
  backends: [{ id: "a", url: `https://${id}.example.net/v1`, slots: 4 }],
  models: [{ id: `${id}-8b`, contextTokens: 8192, capabilities: ["tools", "json_schema"] }],
  price: { basis: "tokens", usdPerMTokIn: 1, usdPerMTokOut: 2 },
  prefillTokensPerSecond: 2000,
  decodeTokensPerSecond: 50,
  ...change,
});

/**
 * 3 USD an hour, half of it used, four slots: 417 micro-USD a second. 40 tokens and the first of an answer take 60 ms, so
 * 0.625 USD a million; the other 4.8 of 5.8 take 191 ms, so 13.8.
 */
export const byTheHour = pool("x", {
  price: { basis: "hourly", usdPerHour: 3, accounting: "amortised", expectedUtilization: 0.5 },
  decodeTokensPerSecond: 25,
});

export const documentOf = (
  pools: readonly PoolInput[],
  policy: Readonly<Record<string, unknown>> = {},
): RegistryDocument => registryDocumentSchema.parse({ pools, policy });

export const traits = (change: Partial<Traits> = {}): Traits => ({
  id: "t",
  task: "classification",
  difficulty: 0.1,
  outputTokens: { p50: 4, p90: 12 },
  inputTokens: 40,
  language: "en",
  needs: { tools: false, jsonSchema: false, vision: false },
  evidence: "strong",
  ...change,
});

export const ask = (change: Partial<Ask> = {}): Ask => ({
  selector: { kind: "auto", profile: null },
  preferences: {
    only: null,
    ignore: [],
    order: [],
    allowFallbacks: true,
    maxPrice: { usdPerMTokIn: null, usdPerMTokOut: null },
    sort: null,
    requireParameters: false,
  },
  profile: null,
  minQuality: null,
  maxCostUsd: null,
  maxTtftMs: null,
  deadlineMs: null,
  session: null,
  stream: false,
  maxOutputTokens: null,
  choices: 1,
  needsLogprobs: false,
  debug: false,
  ...change,
});

type Situation = {
  readonly pools: readonly PoolInput[];
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly ask?: Partial<Ask>;
  readonly traits?: Partial<Traits>;
  readonly fleet?: FleetView;
  readonly random?: () => number;
  readonly stale?: boolean;
  readonly classifierFailed?: boolean;
};

export const NOW_MS = 1_000_000;

export const decideFor = (situation: Situation) =>
  decide({
    id: "d",
    ask: ask(situation.ask),
    traits: traits(situation.traits),
    classifierFailed: situation.classifierFailed ?? false,
    reading: {
      snapshot: { version: 7, publishedAtMs: 0, document: documentOf(situation.pools, situation.policy) },
      ageMs: 5,
      stale: situation.stale ?? false,
    },
    fleet: situation.fleet ?? new Map(),
    nowMs: NOW_MS,
    random: situation.random ?? (() => 0.5),
  });
