/** A decision holds every target: its dollar terms, or the filter that rejected it and the evidence. */
import type { NanoUsd } from "./money.ts";
import type { Reason } from "./reason.ts";
import type { Traits } from "./traits.ts";

export const FILTERS = {
  draining: "The pool is draining, or its weight is 0.",
  not_allowed: "The request's pools or provider preferences exclude the pool.",
  wrong_model: "The target does not serve the model that the request names.",
  capability: "The request needs tools, a JSON schema, vision or log-probabilities that the model lacks.",
  context_window: "The prompt and its expected answer do not fit the model's context.",
  quality: "P(success) is under the floor.",
  down: "Every backend of the pool is ejected after failures, or after an overload that told for how long.",
  full: "Every available backend has all its slots in use.",
  too_slow: "The expected time to first token is over the request's limit.",
  too_dear: "The expected cost is over the request's cap, or a million tokens over its `max_price`.",
  unpriced: "The pool has no price (0 is a price; absent is not).",
} as const;
export type Filter = keyof typeof FILTERS;

/** The dollar terms of one candidate. `total` is their exact sum; `compared` is that x priceFactor. */
export type Terms = {
  readonly usageNanoUsd: NanoUsd;
  readonly waitNanoUsd: NanoUsd;
  readonly totalNanoUsd: NanoUsd;
  readonly priceFactor: number;
  readonly comparedNanoUsd: NanoUsd;
};

/** What was expected of one target when its terms were made. */
export type Expectation = {
  readonly quality: number;
  readonly ttftMs: number;
  readonly totalMs: number;
  /** Where the speeds came from. */
  readonly speedSource: "declared" | "roofline" | "assumed";
  readonly inFlight: number;
  readonly slots: number;
  /** Backends that `inFlight` and `slots` are summed over. */
  readonly backends: number;
};

type Named = { readonly target: string; readonly pool: string; readonly model: string };
export type Candidate = Named & { readonly verdict: "candidate" } & Expectation & { readonly terms: Terms };
export type Rejected = Named & {
  readonly verdict: "rejected";
  readonly filter: Filter;
  readonly evidence: string;
};
export type Verdict = Candidate | Rejected;

export type Decision = {
  readonly id: string;
  readonly atMs: number;
  readonly reason: Reason;
  readonly profile: string;
  readonly qualityFloor: { readonly asked: number; readonly used: number };
  readonly registryVersion: number;
  readonly registryAgeMs: number;
  readonly traits: Traits;
  readonly stream: boolean;
  /** Target ids in the order in which they would be tried; empty when nothing passed. */
  readonly order: readonly string[];
  readonly targets: readonly Verdict[];
};
