/** The one imperative loop: attempt -> observe -> next, inside one deadline and one retry budget. */
import type { Candidate } from "../domain/decision.ts";
import type { Attempt, PointsmanError } from "../domain/errors.ts";
import { type Backend, type Target, backendKey, targetId } from "../domain/pool.ts";
import type { Reason } from "../domain/reason.ts";
import { upstreamBody } from "../upstream/body.ts";
import type { Outgoing } from "../upstream/send.ts";
import { type AttemptResult, attempt } from "./attempt.ts";
import { Cutoff } from "./cutoff.ts";
import { type Progress, type Step, errorOf, fallbackReason } from "./progress.ts";
import type { IsolateState } from "./isolate.ts";
import { nextStep } from "./next-step.ts";
import type { Reader } from "./reader.ts";
import type { RelayDeps, RelayInput } from "./types.ts";

export const ATTEMPTS_MAX = 3;

/** How long an answer that is not streamed may take while another candidate could still give one. */
const PATIENCE = {
  /** Queues are not seen from here, so a quick answer gets time for one too. */
  baseMs: 30_000,
  /** Times the expected total: answers are longer than expected, engines slower than their roofline. */
  expectedTimes: 10,
  /** A backend that says nothing for this long beyond what was expected is struck, however short the deadline. */
  silentMs: 2_000,
  /** Of the time that is left: an attempt that hangs must not eat what the next one needs. */
  share: 0.5,
} as const;

/** Where the answer comes from. `finish` must be called once, when its last byte is through or lost. */
export type Served = {
  readonly target: Target;
  readonly backend: Backend;
  /** What was expected of the target. */
  readonly candidate: Candidate;
  readonly reason: Reason;
  readonly attempts: readonly Attempt[];
  readonly firstSentAtMs: number;
  readonly startedAtMs: number;
  readonly finish: (outcome: "success" | "server_error" | "ignored") => void;
};

export type RelayResult =
  | { readonly kind: "json"; readonly served: Served; readonly body: Readonly<Record<string, unknown>> }
  | {
      readonly kind: "stream";
      readonly served: Served;
      readonly reader: Reader;
      readonly held: Buffer;
      readonly cutoff: Cutoff;
    }
  | {
      readonly kind: "error";
      readonly error: PointsmanError;
      readonly attempts: readonly Attempt[];
      readonly last: Step | null;
      readonly reason: Reason | null;
      readonly firstSentAtMs: number | null;
    };

/** Tries the decision's targets in their order, at most three attempts, until one has content to give. */
export async function relay(input: RelayInput, deps: RelayDeps): Promise<RelayResult> {
  deps.state.countRequest(deps.now());
  const progress: Progress = {
    attempts: [],
    failures: [],
    tried: new Set(),
    last: null,
    firstSentAtMs: null,
  };
  const attemptsMax = input.ask.preferences.allowFallbacks ? ATTEMPTS_MAX : 1;
  while (progress.attempts.length < attemptsMax) {
    const previous = progress.failures.at(-1);
    if (previous?.result === "cancelled" || deps.now() >= input.deadlineAtMs) break;
    const step = nextStep(input, deps, progress.tried);
    if (step === null) break;
    if (previous?.reached === true && !deps.state.takeRetry(deps.now())) break;
    const result = await tryStep(step, input, deps, progress);
    if (result !== null) return result;
  }
  return {
    kind: "error",
    error: errorOf(input, progress, deps.now()),
    attempts: progress.attempts,
    last: progress.last,
    reason: fallbackReason(progress),
    firstSentAtMs: progress.firstSentAtMs,
  };
}

async function tryStep(
  step: Step,
  input: RelayInput,
  deps: RelayDeps,
  progress: Progress,
): Promise<RelayResult | null> {
  const { target, backend } = step;
  const key = backendKey(target.pool.id, backend.id);
  const startedAtMs = deps.now();
  progress.firstSentAtMs ??= startedAtMs;
  const firstSentAtMs = progress.firstSentAtMs;
  progress.tried.add(key);
  progress.last = step;
  deps.state.begin(key);
  const spare =
    input.ask.preferences.allowFallbacks &&
    progress.attempts.length + 1 < ATTEMPTS_MAX &&
    nextStep(input, deps, progress.tried) !== null;
  const shareEndsAtMs = spare
    ? startedAtMs + (input.deadlineAtMs - startedAtMs) * PATIENCE.share
    : Number.POSITIVE_INFINITY;
  const ends = { deadlineAtMs: input.deadlineAtMs, shareEndsAtMs };
  const cutoff = new Cutoff(deps.now, ends, input.client);
  cutoff.arm("connect", connectLimitMs(input, step, spare));
  const how = {
    stream: input.ask.stream,
    firstContentTimeoutMs: input.policy.firstContentTimeoutMs,
    sluggishMs: sluggishMs(step, input.ask.stream),
    now: deps.now,
  };
  const result = await attempt(
    () => deps.send(outgoing(step, input, deps, cutoff.controller.signal)),
    cutoff,
    how,
  );
  const restMs =
    result.kind === "failed" && result.retryAfterSeconds !== null ? result.retryAfterSeconds * 1000 : 0;
  const end = (outcome: Parameters<IsolateState["end"]>[1]) =>
    deps.state.end(key, outcome, { nowMs: deps.now(), random: deps.random, restMs });
  progress.attempts.push({
    target: targetId(target),
    backend: backend.id,
    result: result.kind === "failed" ? result.result : "answered",
    status: result.status,
    durationMs: deps.now() - startedAtMs,
  });
  const served = (): Served => ({
    ...step,
    reason: fallbackReason(progress) ?? input.decision.reason,
    attempts: progress.attempts,
    firstSentAtMs,
    startedAtMs,
    finish: end,
  });
  return settle(result, { cutoff, end, served, progress, step, idleTimeoutMs: input.policy.idleTimeoutMs });
}

/** The headers of a stream come early; those of another answer come with its end. */
function connectLimitMs({ ask, policy }: RelayInput, { candidate }: Step, spare: boolean): number {
  if (ask.stream) return policy.connectTimeoutMs;
  if (!spare) return Number.POSITIVE_INFINITY;
  return PATIENCE.baseMs + PATIENCE.expectedTimes * candidate.totalMs;
}

/** After this long without an answer's first byte, more is wrong than a caller's short deadline. */
const sluggishMs = ({ candidate }: Step, stream: boolean): number =>
  PATIENCE.silentMs + PATIENCE.expectedTimes * (stream ? candidate.ttftMs : candidate.totalMs);

type Settling = {
  readonly cutoff: Cutoff;
  readonly end: (outcome: Parameters<IsolateState["end"]>[1]) => void;
  readonly served: () => Served;
  readonly progress: Progress;
  readonly step: Step;
  readonly idleTimeoutMs: number;
};

/** What an attempt's result means for the loop: an answer, or null to go on. */
function settle(
  result: AttemptResult,
  { cutoff, end, served, progress, step, idleTimeoutMs }: Settling,
): RelayResult | null {
  if (result.kind === "stream") {
    cutoff.armIdle(idleTimeoutMs);
    return { kind: "stream", served: served(), reader: result.reader, held: result.held, cutoff };
  }
  cutoff.release();
  switch (result.kind) {
    case "json":
      return { kind: "json", served: served(), body: result.body };
    case "passed_on":
      end("ignored");
      return {
        kind: "error",
        error: result.error,
        attempts: progress.attempts,
        last: step,
        reason: fallbackReason(progress),
        firstSentAtMs: progress.firstSentAtMs,
      };
    case "failed":
      end(result.outcome);
      progress.failures.push(result);
      return null;
  }
}

function outgoing(
  { target, backend }: Step,
  input: RelayInput,
  deps: RelayDeps,
  signal: AbortSignal,
): Outgoing {
  return {
    baseUrl: backend.url,
    path: "chat/completions",
    body: upstreamBody(input.request, target.model.id),
    credential: backend.secret === undefined ? null : deps.secret(backend.secret),
    requestId: input.decision.id,
    traceparent: input.traceparent,
    hops: input.hops,
    signal,
  };
}
