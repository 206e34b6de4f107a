/** POST /v1/chat/completions: parse, plan, relay, render. */
import type { PointsmanError } from "../src/domain/errors.ts";
import { targetsOf } from "../src/registry/document.ts";
import { type RelayResult, relay } from "../src/relay/relay.ts";
import { type Call, type Planned, answerJson, answerStream, refuse } from "./answer.ts";
import { readJson } from "./body.ts";
import { toWire } from "./errors.ts";
import { refusedRecord } from "./record.ts";
import { RequestError } from "./request-error.ts";
import { type Plan, plan } from "./plan.ts";
import { hopsBefore } from "./read-headers.ts";

/** Routers that a request may pass, this one included: more is a loop. */
const HOPS_MAX = 3;

/** Answers, or throws a RequestError: that, too, is on record, under the name of the key that sent it. */
export async function chat(request: Request, call: Call): Promise<Response> {
  try {
    return await answer(request, call);
  } catch (thrown) {
    const error: PointsmanError = thrown instanceof RequestError ? thrown.error : { kind: "internal" };
    const end = { status: toWire(error).status, atMs: call.deps.now() };
    call.deps.record(refusedRecord(call, error, end), call.background);
    throw thrown;
  }
}

async function answer(request: Request, call: Call): Promise<Response> {
  const { deps, id, receivedAtMs } = call;
  const hops = hopsBefore(request.headers) + 1;
  if (hops > HOPS_MAX) throw new RequestError({ kind: "loop", hops });
  const body = await readJson(request);
  const reading = await deps.snapshot(call.background);
  if (reading === null) throw new RequestError({ kind: "registry_unavailable" });
  const planned = plan({
    id,
    body,
    headers: request.headers,
    reading,
    fleet: deps.relay.state.fleet,
    nowMs: receivedAtMs,
    random: deps.random,
  });
  const { document } = reading.snapshot;
  const state: Planned = { ...call, planned, reading, targets: targetsOf(document) };
  const { ask, decision } = planned;
  if (decision.order.length === 0)
    return refuse(state, refusal(planned), {
      last: null,
      attempts: [],
      reason: decision.reason,
      firstSentAtMs: null,
    });
  const deadlineMs = Math.min(ask.deadlineMs ?? document.policy.deadlineMs, document.policy.deadlineMs);
  const answering = relay(
    {
      decision,
      lastResort: (target) => planned.lastResort(target, deps.now()),
      ask,
      request: planned.request,
      targets: state.targets,
      policy: document.policy,
      deadlineAtMs: receivedAtMs + deadlineMs,
      deadlineMs,
      hops,
      traceparent: traceparentOf(request.headers),
      client: request.signal,
    },
    deps.relay,
  ).then((result) => render(state, result));
  // A client that leaves takes its request's context along; what is owed, a slot and a record, outlives it here.
  call.background.waitUntil(answering.catch(() => undefined));
  return answering;
}

function render(state: Planned, result: RelayResult): Response {
  switch (result.kind) {
    case "json":
      return answerJson(state, result);
    case "stream":
      return answerStream(state, result);
    case "error":
      return refuse(state, result.error, result);
  }
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** Passed on only when it is one (W3C Trace Context): another value could make every backend refuse the request. */
function traceparentOf(headers: Headers): string | null {
  const told = headers.get("traceparent");
  return told !== null && TRACEPARENT.test(told) ? told : null;
}

function refusal({ decision }: Plan): PointsmanError {
  const rejected = decision.targets.filter((verdict) => verdict.verdict === "rejected");
  return decision.reason === "all_full"
    ? { kind: "all_full", retryAfterSeconds: 1, rejected }
    : { kind: "no_capable_pool", rejected };
}
