/** What became of a request's attempts so far, and what it means for its reason and its error. */
import type { Candidate, Decision } from "../domain/decision.ts";
import type { Attempt, PointsmanError } from "../domain/errors.ts";
import type { Backend, Target } from "../domain/pool.ts";
import type { Reason } from "../domain/reason.ts";
import type { Failure } from "./attempt.ts";

export type Step = { readonly target: Target; readonly backend: Backend; readonly candidate: Candidate };
export type Progress = {
  attempts: Attempt[];
  failures: Failure[];
  tried: Set<string>;
  last: Step | null;
  firstSentAtMs: number | null;
};

type Limits = {
  readonly decision: Decision;
  readonly deadlineAtMs: number;
  readonly deadlineMs: number;
  readonly client: AbortSignal;
};

/** Why a fallback answered, from the first failure; null when the first attempt did. */
export function fallbackReason({ failures }: Progress): Reason | null {
  const [first] = failures;
  if (first === undefined) return null;
  switch (first.result) {
    case "unavailable":
    case "overloaded":
    case "refused_key":
      return "fallback_unavailable";
    case "timeout":
      return "fallback_timeout";
    case "error":
    case "cancelled":
      return "fallback_error";
  }
}

export function errorOf(
  { deadlineAtMs, deadlineMs, decision, client }: Limits,
  { attempts, failures }: Progress,
  nowMs: number,
): PointsmanError {
  if (client.aborted || failures.at(-1)?.result === "cancelled") return { kind: "client_left" };
  if (nowMs >= deadlineAtMs) return { kind: "deadline", deadlineMs, attempts };
  if (failures.length === 0) {
    return {
      kind: "all_full",
      retryAfterSeconds: 1,
      rejected: decision.targets.filter((verdict) => verdict.verdict === "rejected"),
    };
  }
  if (failures.every(({ result }) => result === "overloaded")) {
    return {
      kind: "upstream_overloaded",
      attempts,
      retryAfterSeconds: Math.max(1, ...failures.map(({ retryAfterSeconds }) => retryAfterSeconds ?? 1)),
    };
  }
  return { kind: "upstream_failed", attempts };
}
