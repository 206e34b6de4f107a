/** The headers of the data plane: what may be asked, and what every answer says. Documented in docs/headers.md. */
import { formatUsd } from "../src/domain/money.ts";

export const REQUEST_HEADERS = {
  pools: "x-pointsman-pools",
  profile: "x-pointsman-profile",
  minQuality: "x-pointsman-min-quality",
  maxCostUsd: "x-pointsman-max-cost-usd",
  maxTtftMs: "x-pointsman-max-ttft-ms",
  deadlineMs: "x-pointsman-deadline-ms",
  session: "x-pointsman-session",
  noFallback: "x-pointsman-no-fallback",
  debug: "x-pointsman-debug",
  hops: "x-pointsman-hops",
} as const;

export const RESPONSE_HEADERS = [
  "x-pointsman-decision",
  "x-pointsman-pool",
  "x-pointsman-model",
  "x-pointsman-backend",
  "x-pointsman-task",
  "x-pointsman-reason",
  "x-pointsman-attempts",
  "x-pointsman-cost-usd",
  "x-pointsman-registry",
  "x-pointsman-overhead-ms",
] as const;

/** In the place of a decision's id where no log holds one: to look such an id up would find nothing. */
export const UNRECORDED = "none";

/** What is known of a request when it is answered; `none` stands for what never came to be. */
export type Facts = {
  readonly decision: string;
  readonly pool: string;
  readonly model: string;
  readonly backend: string;
  readonly task: string;
  readonly reason: string;
  readonly attempts: number;
  readonly costNanoUsd: number;
  readonly registry: { readonly version: number; readonly ageMs: number } | null;
  readonly overheadMs: number;
};

export const factsFor = (decision: string): Facts => ({
  decision,
  pool: "none",
  model: "none",
  backend: "none",
  task: "none",
  reason: "none",
  attempts: 0,
  costNanoUsd: 0,
  registry: null,
  overheadMs: 0,
});

export function factHeaders(facts: Facts): Record<(typeof RESPONSE_HEADERS)[number], string> {
  return {
    "x-pointsman-decision": facts.decision,
    "x-pointsman-pool": facts.pool,
    "x-pointsman-model": facts.model,
    "x-pointsman-backend": facts.backend,
    "x-pointsman-task": facts.task,
    "x-pointsman-reason": facts.reason,
    "x-pointsman-attempts": String(facts.attempts),
    "x-pointsman-cost-usd": formatUsd(facts.costNanoUsd),
    "x-pointsman-registry":
      facts.registry === null ? "none" : `${facts.registry.version}; age=${Math.round(facts.registry.ageMs)}`,
    "x-pointsman-overhead-ms": String(Math.max(0, Math.round(facts.overheadMs))),
  };
}
