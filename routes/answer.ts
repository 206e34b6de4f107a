/** What a planned request is answered with: JSON, a stream or an error, its facts in the headers, its record in the log. */
import { Buffer } from "node:buffer";
import type { PointsmanError } from "../src/domain/errors.ts";
import { reasonOfError } from "../src/domain/errors.ts";
import { nanoToUsd } from "../src/domain/money.ts";
import type { Target } from "../src/domain/pool.ts";
import type { SnapshotReading } from "../src/domain/registry.ts";
import { expectedOutputTokens } from "../src/pricing/cost.ts";
import type { RelayResult, Served } from "../src/relay/relay.ts";
import { actualNanoUsd } from "../src/relay/settle.ts";
import { passOn } from "../src/relay/stream.ts";
import { tokenUsage } from "../src/relay/track.ts";
import { type WireUsage, usageOf } from "../src/upstream/sse.ts";
import type { Background, RouterDeps } from "./deps.ts";
import { errorResponse } from "./errors.ts";
import { type Facts, factHeaders, factsFor } from "./headers.ts";
import type { Plan } from "./plan.ts";
import { type End, recordOf } from "./record.ts";

export type Call = {
  readonly deps: RouterDeps;
  readonly background: Background;
  readonly id: string;
  readonly receivedAtMs: number;
  readonly key: string;
};
export type Planned = Call & {
  readonly planned: Plan;
  readonly reading: SnapshotReading;
  readonly targets: readonly Target[];
};

function factsOf(state: Planned, served: Served, costNanoUsd: number): Facts {
  const { decision } = state.planned;
  return {
    decision: state.id,
    pool: served.target.pool.id,
    model: served.target.model.id,
    backend: served.backend.id,
    task: decision.traits.task,
    reason: served.reason,
    attempts: served.attempts.length,
    costNanoUsd,
    registry: { version: decision.registryVersion, ageMs: decision.registryAgeMs },
    overheadMs: served.firstSentAtMs - state.receivedAtMs,
  };
}

type Told = { readonly usage: WireUsage | null; readonly atMs: number; readonly outputTokens?: number };

/** The books of an answer. Where the upstream told no usage, `outputTokens` or else what was expected is the estimate. */
function costOf(state: Planned, served: Served, { usage, atMs, outputTokens }: Told) {
  const { traits } = state.planned.decision;
  const { choices } = state.planned.ask;
  const counted = tokenUsage(usage, {
    inputTokens: traits.inputTokens,
    outputTokens: outputTokens ?? Math.round(expectedOutputTokens(traits.outputTokens) * choices),
  });
  const held = {
    slotSeconds: ((atMs - served.startedAtMs) / 1000) * choices,
    load: served.candidate,
    slotsPerBackend: served.backend.slots,
    policy: state.reading.snapshot.document.policy,
  };
  return { usage: counted, costNanoUsd: actualNanoUsd(served.target, counted, held) };
}

export function answerJson(
  state: Planned,
  { served, body }: Extract<RelayResult, { kind: "json" }>,
): Response {
  const atMs = state.deps.now();
  served.finish("success");
  const usage = usageOf(body);
  const cost = costOf(state, served, { usage, atMs });
  finish(state, served, { ...cost, status: 200, atMs, ttftMs: null, cut: null });
  const wireUsage = usage ?? {
    prompt_tokens: cost.usage.inputTokens,
    completion_tokens: cost.usage.outputTokens,
    total_tokens: cost.usage.inputTokens + cost.usage.outputTokens,
    estimated: true,
  };
  const told = { ...body, usage: { ...wireUsage, cost: nanoToUsd(cost.costNanoUsd) } };
  const answer = state.planned.ask.debug ? { ...told, pointsman: state.planned.decision } : told;
  return new Response(JSON.stringify(answer), {
    headers: { "content-type": "application/json", ...factHeaders(factsOf(state, served, cost.costNanoUsd)) },
  });
}

export function answerStream(state: Planned, result: Extract<RelayResult, { kind: "stream" }>): Response {
  const { served } = result;
  const { deps, planned } = state;
  const ttftMs = deps.now() - state.receivedAtMs;
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  // A comment: clients that know nothing of it read past it.
  const held = planned.ask.debug
    ? Buffer.concat([Buffer.from(`: pointsman ${JSON.stringify(planned.decision)}\n\n`), result.held])
    : result.held;
  const passing = passOn(
    {
      reader: result.reader,
      held,
      cutoff: result.cutoff,
      now: deps.now,
      keepUsage: planned.request.stream_options?.include_usage === true,
      costUsd: (usage) => nanoToUsd(costOf(state, served, { usage, atMs: deps.now() }).costNanoUsd),
    },
    writer,
  );
  const settled = passing.then((end) => {
    const atMs = deps.now();
    served.finish(
      end.cut === null
        ? "success"
        : end.cut === "upstream" || end.cut === "idle"
          ? "server_error"
          : "ignored",
    );
    const cost = costOf(state, served, { usage: end.usage, atMs, outputTokens: end.events });
    finish(state, served, { ...cost, status: 200, atMs, ttftMs, cut: end.cut });
  });
  state.background.waitUntil(settled);
  const expected = served.candidate.terms.usageNanoUsd;
  return new Response(readable, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      ...factHeaders(factsOf(state, served, expected)),
    },
  });
}

function finish(
  state: Planned,
  served: Served,
  end: Omit<End, "errorKind" | "reason" | "attempts" | "served" | "overheadMs">,
): void {
  const { planned, id, key, receivedAtMs, targets, reading } = state;
  const policy = reading.snapshot.document.policy;
  const full: End = {
    ...end,
    served,
    reason: served.reason,
    attempts: served.attempts,
    errorKind: null,
    overheadMs: served.firstSentAtMs - receivedAtMs,
  };
  state.deps.record(recordOf({ planned, id, key, receivedAtMs, targets, policy }, full), state.background);
}

type Refused = Pick<
  Extract<RelayResult, { kind: "error" }>,
  "last" | "attempts" | "reason" | "firstSentAtMs"
>;

/** An error after a decision: its headers say how far it came, and it is on record like any other. */
export function refuse(
  state: Planned,
  error: PointsmanError,
  { last, attempts, reason, firstSentAtMs }: Refused,
): Response {
  const { planned, id, key, receivedAtMs, targets, reading } = state;
  const { decision } = planned;
  const atMs = state.deps.now();
  const final = error.kind === "upstream_rejected" ? (reason ?? decision.reason) : reasonOfError(error);
  const overheadMs = (firstSentAtMs ?? atMs) - receivedAtMs;
  const facts: Facts = {
    ...factsFor(id),
    pool: last?.target.pool.id ?? "none",
    model: last?.target.model.id ?? "none",
    backend: last?.backend.id ?? "none",
    task: decision.traits.task,
    reason: final,
    attempts: attempts.length,
    overheadMs,
    registry: { version: decision.registryVersion, ageMs: decision.registryAgeMs },
  };
  const response = errorResponse(error, factHeaders(facts));
  const end: End = {
    served: null,
    last,
    attempts,
    reason: final,
    usage: null,
    costNanoUsd: 0,
    status: response.status,
    atMs,
    ttftMs: null,
    cut: error.kind === "client_left" ? "client" : null,
    errorKind: error.kind,
    overheadMs,
  };
  state.deps.record(
    recordOf({ planned, id, key, receivedAtMs, targets, policy: reading.snapshot.document.policy }, end),
    state.background,
  );
  return response;
}
