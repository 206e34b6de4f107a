/** One attempt at one backend, up to the point where its answer can no longer be exchanged for another's. */
import { z } from "zod";
import type { Attempt, PointsmanError } from "../domain/errors.ts";
import type { Outcome } from "../domain/load.ts";
import { readText } from "../upstream/body.ts";
import { parseJson } from "../upstream/sse.ts";
import type { Cutoff } from "./cutoff.ts";
import { type Reader, holdBack, readerOf } from "./reader.ts";

export const ANSWER_LIMITS = {
  jsonBytesMax: 16_777_216,
  errorBytesMax: 65_536,
  messageCharsMax: 2_000,
} as const;

export type Failure = {
  readonly kind: "failed";
  readonly result: Exclude<Attempt["result"], "answered">;
  readonly status: number | null;
  readonly outcome: Outcome;
  /** True when the backend did some work for it: trying again is then extra load. */
  readonly reached: boolean;
  readonly retryAfterSeconds: number | null;
};
export type AttemptResult =
  | { readonly kind: "json"; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: "stream"; readonly status: number; readonly reader: Reader; readonly held: Buffer }
  | { readonly kind: "passed_on"; readonly status: number; readonly error: PointsmanError }
  | Failure;

const failed = (
  result: Failure["result"],
  status: number | null,
  rest: Partial<Pick<Failure, "outcome" | "reached" | "retryAfterSeconds">> = {},
): Failure => ({
  kind: "failed",
  result,
  status,
  outcome: "server_error",
  reached: true,
  retryAfterSeconds: null,
  ...rest,
});

/** Why an attempt ended that was cut by us, or else by its backend. */
function cutFailure(cutoff: Cutoff, status: number | null, silent = false): Failure {
  // The deadline is the caller's; a short one says nothing against the backend, a long silence does.
  const outcome = silent ? "connect_error" : "ignored";
  switch (cutoff.cause) {
    case "client":
      return failed("cancelled", status, { outcome: "ignored" });
    case "share":
      return failed("timeout", status, { outcome, reached: false });
    case "deadline":
      return failed("timeout", status, { outcome });
    case "connect":
    case "first_content":
    case "idle":
      return failed("timeout", status);
    case null:
      return failed(
        status === null ? "unavailable" : "error",
        status,
        status === null ? { outcome: "connect_error", reached: false } : {},
      );
  }
}

/** Sends and reads as far as is needed to know whether this answer is the one. */
export async function attempt(
  sending: () => Promise<Response>,
  cutoff: Cutoff,
  how: {
    readonly stream: boolean;
    readonly firstContentTimeoutMs: number;
    /** Milliseconds without headers that speak against the backend. */
    readonly sluggishMs: number;
    readonly now: () => number;
  },
): Promise<AttemptResult> {
  const sentAtMs = how.now();
  let response: Response;
  try {
    response = await sending();
  } catch {
    return cutFailure(cutoff, null, how.now() - sentAtMs >= how.sluggishMs);
  }
  if (response.status !== 200) return notOk(response, cutoff, how.now());
  const streamed = (response.headers.get("content-type") ?? "").startsWith("text/event-stream");
  if (how.stream && streamed && response.body !== null) {
    cutoff.arm("first_content", how.firstContentTimeoutMs);
    const reader = readerOf(response.body, cutoff.controller.signal);
    const held = await holdBack(reader);
    if (held.kind === "content") return { kind: "stream", status: 200, reader, held: held.bytes };
    const failure = held.kind === "cut" ? cutFailure(cutoff, 200) : failed("error", 200);
    await reader.cancel();
    return failure;
  }
  return json(response, cutoff, how.stream);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

async function json(response: Response, cutoff: Cutoff, stream: boolean): Promise<AttemptResult> {
  let text: string;
  try {
    text = await readText(response, ANSWER_LIMITS.jsonBytesMax);
  } catch {
    await response.body?.cancel().catch(() => undefined);
    return cutFailure(cutoff, 200);
  }
  const body = parseJson(text);
  // A stream was asked for: an answer of another kind, an error in 200's clothes included, is no answer.
  return isRecord(body) && !stream && Array.isArray(body["choices"]) && (body["error"] ?? null) === null
    ? { kind: "json", status: 200, body }
    : failed("error", 200);
}

const errorSchema = z.union([
  z
    .looseObject({
      error: z.looseObject({
        message: z.string(),
        type: z.string().nullish(),
        param: z.string().nullish(),
        code: z.union([z.string(), z.number()]).nullish(),
      }),
    })
    .transform(({ error }) => error),
  z
    .looseObject({ message: z.string() })
    .transform(({ message }) => ({ message, type: null, param: null, code: null })),
  z
    .looseObject({ error: z.string() })
    .transform(({ error }) => ({ message: error, type: null, param: null, code: null })),
]);

/** The request's own fault, the same at every backend. Not retried, not counted. */
const CLIENT_FAULTS = new Set([400, 404, 409, 413, 414, 415, 422, 431]);

async function notOk(response: Response, cutoff: Cutoff, nowMs: number): Promise<AttemptResult> {
  const { status } = response;
  if (CLIENT_FAULTS.has(status)) return passedOn(response, cutoff);
  await response.body?.cancel().catch(() => undefined);
  if (status === 429)
    return failed("overloaded", status, {
      outcome: "overload",
      reached: false,
      retryAfterSeconds: retryAfter(response, nowMs),
    });
  if (status === 401 || status === 403) return failed("refused_key", status, { reached: false });
  if (status === 503)
    return failed("unavailable", status, { reached: false, retryAfterSeconds: retryAfter(response, nowMs) });
  return failed("error", status);
}

async function passedOn(response: Response, cutoff: Cutoff): Promise<AttemptResult> {
  let text: string;
  try {
    text = await readText(response, ANSWER_LIMITS.errorBytesMax);
  } catch {
    return cutFailure(cutoff, response.status);
  }
  const parsed = errorSchema.safeParse(parseJson(text));
  const told = parsed.success
    ? parsed.data
    : { message: "The upstream refused the request.", type: null, param: null, code: null };
  const error: PointsmanError = {
    kind: "upstream_rejected",
    status: response.status,
    message: told.message.slice(0, ANSWER_LIMITS.messageCharsMax),
    param: told.param ?? null,
    type: told.type ?? "invalid_request_error",
    code: told.code === null || told.code === undefined ? null : String(told.code),
  };
  return { kind: "passed_on", status: response.status, error };
}

/** Seconds of a Retry-After header, which may be a date (RFC 9110, 10.2.3); null when there is none that can be read. */
function retryAfter(response: Response, nowMs: number): number | null {
  const told = response.headers.get("retry-after");
  if (told === null) return null;
  const seconds = /^\d+(\.\d+)?$/.test(told) ? Number(told) : (Date.parse(told) - nowMs) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.min(3600, Math.ceil(seconds))) : null;
}
