/** A stream on its way to the client: held back until its first content, then passed on in whole events. */
import { Buffer } from "node:buffer";
import type { TokenUsage } from "../domain/record.ts";
import {
  type WireUsage,
  eventKind,
  eventsOf,
  mayHoldUsage,
  rewriteUsage,
  wholeEventsEnd,
} from "../upstream/sse.ts";
import type { Cut, Cutoff } from "./cutoff.ts";

export const STREAM_LIMITS = {
  holdEventsMax: 64,
  holdBytesMax: 262_144,
  /** Of one event that is not whole yet. */
  carryBytesMax: 262_144,
  readBytes: 32_768,
  /** Events that come faster than this are read together: a wake-up costs more than an event. */
  gatherMs: 8,
  gatherBytesMax: 16_384,
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
      const { value } = await reader.readAtLeast(leastBytes, new Uint8Array(STREAM_LIMITS.readBytes));
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
  for (;;) {
    let block: Buffer | null;
    try {
      block = await reader.read();
    } catch {
      return { kind: "cut" };
    }
    if (block === null) return { kind: "cut" };
    held = held.length === 0 ? block : Buffer.concat([held, block]);
    const kinds = eventsOf(held.subarray(0, wholeEventsEnd(held))).map(eventKind);
    const telling = kinds.find((kind) => kind !== "silent");
    if (telling === "error") return { kind: "error" };
    if (telling === "content") return { kind: "content", bytes: held };
    if (telling === "done") return { kind: "error" };
    if (kinds.length > STREAM_LIMITS.holdEventsMax || held.length > STREAM_LIMITS.holdBytesMax)
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
  const track = { usage: null as WireUsage | null, events: 0, finished: false };
  let carry = passing.held;
  const pace = new Pace(now());
  let least = 1;
  try {
    for (;;) {
      const end = wholeEventsEnd(carry);
      if (end > 0) await write(writer, passing, follow(track, carry.subarray(0, end)));
      carry = carry.subarray(end);
      if (carry.length > STREAM_LIMITS.carryBytesMax) return await endCut(passing, writer, track);
      const sinceMs = now();
      const block = await reader.read(least);
      if (block === null) break;
      cutoff.touch();
      least = pace.next(block.length, now() - sinceMs, now());
      carry = carry.length === 0 ? block : Buffer.concat([carry, block]);
    }
  } catch {
    return endCut(passing, writer, track);
  }
  if (cutoff.cause !== null || !track.finished || carry.toString("latin1").trim() !== "")
    return endCut(passing, writer, track);
  cutoff.release();
  // A client that left just now has everything that there was.
  await writer.close().catch(() => undefined);
  return { usage: track.usage, events: track.events, cut: null };
}

type Track = { usage: WireUsage | null; events: number; finished: boolean };
type Followed = { readonly bytes: Buffer; readonly track: Track };

function follow(track: Track, bytes: Buffer): Followed {
  for (let at = bytes.indexOf("data: {"); at !== -1; at = bytes.indexOf("data: {", at + 7)) track.events += 1;
  if (!track.finished)
    track.finished =
      bytes.includes("data: [DONE]") ||
      bytes.includes('"finish_reason":"') ||
      bytes.includes('"finish_reason": "');
  return { bytes, track };
}

async function write(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  passing: Passing,
  { bytes, track }: Followed,
): Promise<void> {
  if (!mayHoldUsage(bytes)) return writer.write(bytes);
  const rewritten = rewriteUsage(bytes, passing.keepUsage, passing.costUsd);
  track.usage = rewritten.usage ?? track.usage;
  if (rewritten.bytes.length > 0) await writer.write(rewritten.bytes);
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
  try {
    if (cut !== "client") await writer.write(Buffer.from(event, "utf8"));
    await writer.close();
  } catch {
    // Nobody is left to be told.
  }
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
