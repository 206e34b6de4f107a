/** A stream on its way to the client: held back until its first content, then passed on in whole events. */
import { Buffer } from "node:buffer";
import type { TokenUsage } from "../domain/record.ts";
import { type WireUsage, eventKind, eventsOf, rewriteUsage, wholeEventsEnd } from "../upstream/sse.ts";
import type { Cut, Cutoff } from "./cutoff.ts";

export const STREAM_LIMITS = {
  holdEventsMax: 64,
  holdBytesMax: 262_144,
  /** Of one event that is not whole yet. */
  carryBytesMax: 262_144,
  /** Memory for one read, at least: fresh memory costs more than the bytes that fill it. */
  readBytesLeast: 4_096,
  /** Events that come faster than this are read together: a wake-up costs more than an event. */
  gatherMs: 20,
  /** A few events: should a burst be followed by a slow stream, no more than these are late, once. */
  gatherBytesMax: 1_024,
  farewellMs: 1_000,
} as const;

export type Reader = {
  readonly read: (leastBytes?: number) => Promise<Buffer | null>;
  readonly cancel: () => Promise<void>;
};

/** Reads what has arrived, or waits for `leastBytes`; null at the end. */
export function readerOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): Reader {
  const reader = body.getReader({ mode: "byob" });
  // An aborted fetch does not always wake a read that is already waiting.
  signal.addEventListener("abort", () => void reader.cancel().catch(() => undefined), { once: true });
  return {
    read: async (leastBytes = 1) => {
      const room = Math.max(STREAM_LIMITS.readBytesLeast, 2 * leastBytes);
      const { value } = await reader.readAtLeast(leastBytes, new Uint8Array(room));
      return value === undefined || value.byteLength === 0
        ? null
        : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    },
    cancel: () => reader.cancel().catch(() => undefined),
  };
}

/**
 * How much to read at once. A stream slower than an event in `gatherMs` is read as it comes. Of a faster one, about
 * `gatherMs` worth of bytes is awaited; should it stall just then, that much and no more is late.
 */
export class Pace {
  private sinceMs: number;
  private bytes = 0;

  constructor(nowMs: number) {
    this.sinceMs = nowMs;
  }

  /** Bytes to wait for, after a read of `bytes` that took `tookMs`. */
  next(bytes: number, tookMs: number, nowMs: number): number {
    if (tookMs >= STREAM_LIMITS.gatherMs) {
      [this.sinceMs, this.bytes] = [nowMs, 0];
      return 1;
    }
    this.bytes += bytes;
    const perMs = this.bytes / Math.max(1, nowMs - this.sinceMs);
    return Math.max(1, Math.min(STREAM_LIMITS.gatherBytesMax, Math.floor(perMs * STREAM_LIMITS.gatherMs)));
  }
}

export type Held =
  | { readonly kind: "content"; readonly bytes: Buffer }
  | { readonly kind: "error" }
  | { readonly kind: "cut" };

/** Reads until the first content. An error event or an end before it is still somebody else's chance to answer. */
export async function holdBack(reader: Reader): Promise<Held> {
  let held = Buffer.alloc(0);
  let [seenBytes, seenEvents] = [0, 0];
  for (;;) {
    let block: Buffer | null;
    try {
      block = await reader.read();
    } catch {
      return { kind: "cut" };
    }
    if (block === null) return { kind: "cut" };
    held = held.length === 0 ? block : Buffer.concat([held, block]);
    const end = wholeEventsEnd(held);
    for (const event of eventsOf(held.subarray(seenBytes, end))) {
      const kind = eventKind(event);
      if (kind === "content") return { kind: "content", bytes: held };
      if (kind !== "silent") return { kind: "error" };
      seenEvents += 1;
    }
    seenBytes = end;
    if (seenEvents > STREAM_LIMITS.holdEventsMax || held.length > STREAM_LIMITS.holdBytesMax)
      return { kind: "content", bytes: held };
  }
}

export type StreamEnd = {
  readonly usage: WireUsage | null;
  /** Events with content, about: the estimate of answer tokens when the upstream tells none. */
  readonly events: number;
  readonly cut: Cut | "upstream" | null;
};

export type Passing = {
  readonly reader: Reader;
  readonly held: Buffer;
  readonly cutoff: Cutoff;
  readonly keepUsage: boolean;
  readonly costUsd: (usage: WireUsage) => number;
  readonly now: () => number;
};

/** Passes a committed stream on. It ends as it ended upstream, or with an error event and no `[DONE]`. */
export async function passOn(
  passing: Passing,
  writer: WritableStreamDefaultWriter<Uint8Array>,
): Promise<StreamEnd> {
  const { reader, cutoff, now } = passing;
  writer.closed.catch(() => cutoff.cut("client"));
  const track: Track = { usage: null, events: 0, finished: false, failed: false };
  let carry = passing.held;
  const pace = new Pace(now());
  let least = 1;
  try {
    for (;;) {
      const end = wholeEventsEnd(carry);
      if (end > 0) {
        const { bytes, usage } = rewriteUsage(carry.subarray(0, end), passing.keepUsage, passing.costUsd);
        follow(track, bytes, usage);
        if (bytes.length > 0) await deliver(bytes, writer, passing);
        if (cutoff.cause !== null) return await endCut(passing, writer, track);
      }
      carry = carry.subarray(end);
      if (carry.length > STREAM_LIMITS.carryBytesMax) return await endCut(passing, writer, track);
      const sinceMs = now();
      const block = await reader.read(least);
      if (block === null) break;
      const readAtMs = now();
      cutoff.touch(readAtMs);
      least = pace.next(block.length, readAtMs - sinceMs, readAtMs);
      carry = carry.length === 0 ? block : Buffer.concat([carry, block]);
    }
  } catch {
    return endCut(passing, writer, track);
  }
  if (cutoff.cause !== null || (!track.finished && !track.failed) || carry.toString("latin1").trim() !== "")
    return endCut(passing, writer, track);
  cutoff.release();
  // A client that left just now has everything that there was.
  await writer.close().catch(() => undefined);
  return { usage: track.usage, events: track.events, cut: track.failed ? "upstream" : null };
}

/** Waits for a client that reads slowly, which is no idleness of the upstream's, until the attempt is cut. */
async function deliver(
  bytes: Buffer,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  { cutoff, now }: Passing,
): Promise<void> {
  const { signal } = cutoff.controller;
  const isCut = Promise.withResolvers<void>();
  const onCut = () => isCut.resolve();
  signal.addEventListener("abort", onCut, { once: true });
  cutoff.touch(Number.POSITIVE_INFINITY);
  // Only a client that left makes a write fail.
  await Promise.race([writer.write(bytes).catch(() => cutoff.cut("client")), isCut.promise]);
  signal.removeEventListener("abort", onCut);
  cutoff.touch(now());
}

type Track = {
  usage: WireUsage | null;
  events: number;
  finished: boolean;
  /** The upstream sent an error event of its own: the client has it, and it is no success. */
  failed: boolean;
};

const holds = (bytes: Buffer, marks: readonly string[]): boolean =>
  marks.some((mark) => bytes.includes(mark));
/** Inside a JSON string the quotes would be escaped: unescaped, these are keys and events. */
const FINISHED = ['"finish_reason":"', "data: [DONE]", "data:[DONE]", '"finish_reason": "'];
const FAILED = ['"error":{', '"error": {', "\nevent: error"];
const FAILED_START = Buffer.from("event: error");

function follow(track: Track, bytes: Buffer, usage: WireUsage | null): void {
  track.usage = usage ?? track.usage;
  track.events += dataLines(bytes);
  track.finished ||= holds(bytes, FINISHED);
  track.failed ||= holds(bytes, FAILED) || bytes.subarray(0, FAILED_START.length).equals(FAILED_START);
}

const [NEWLINE, LETTER_D, BRACE] = [10, 100, 123];

/** Lines that begin with `data: {`, one to an event: about a token each, should the upstream tell no usage. */
function dataLines(bytes: Buffer): number {
  let count = 0;
  for (let at = -1; at < bytes.length; at += 1) {
    const opens = at === -1 || bytes[at] === NEWLINE;
    if (opens && bytes[at + 1] === LETTER_D && (bytes[at + 7] === BRACE || bytes[at + 6] === BRACE))
      count += 1;
  }
  return count;
}

async function endCut(
  { cutoff, reader }: Passing,
  writer: WritableStreamDefaultWriter<Uint8Array>,
  track: Track,
): Promise<StreamEnd> {
  const cut = cutoff.cause ?? "upstream";
  cutoff.cut("client");
  cutoff.release();
  await reader.cancel();
  const sorry =
    cut === "deadline"
      ? "The deadline passed before the answer was complete."
      : "The answer was cut by its upstream before it was complete.";
  const event = `data: ${JSON.stringify({ error: { message: sorry, type: "upstream_error", param: null, code: cut === "deadline" ? "deadline" : "upstream_cut" } })}\n\n`;
  const farewell = async () => {
    if (cut !== "client") await writer.write(Buffer.from(event, "utf8"));
    await writer.close();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      writer.abort(new Error("the client does not read")).catch(() => undefined);
      resolve();
    }, STREAM_LIMITS.farewellMs);
  });
  await Promise.race([farewell().catch(() => undefined), patience]);
  clearTimeout(timer);
  return { usage: track.usage, events: track.events, cut };
}

/** Token counts for the log: the upstream's, else an estimate that says so. */
export const tokenUsage = (
  usage: WireUsage | null,
  estimate: { readonly inputTokens: number; readonly outputTokens: number },
): TokenUsage =>
  usage === null
    ? { ...estimate, cachedInputTokens: 0, estimated: true }
    : {
        inputTokens: usage.prompt_tokens,
        cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
        outputTokens: usage.completion_tokens ?? 0,
        estimated: false,
      };
