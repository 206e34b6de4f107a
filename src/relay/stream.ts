/** A committed stream on its way to the client: whole events, in handfuls, to an honest end. */
import { Buffer } from "node:buffer";
import { type WireUsage, rewriteUsage, wholeEventsEnd } from "../upstream/sse.ts";
import type { Cut, Cutoff } from "./cutoff.ts";
import { leastBytes, newPace, paceAfter } from "./pace.ts";
import type { Reader } from "./reader.ts";
import { type Track, follow, newTrack } from "./track.ts";

export const STREAM_LIMITS = {
  /** Events that follow another within this time go out together, so late at most: a write costs more than an event. */
  gatherMs: 20,
  /** This many bytes do not wait for the time. */
  gatherBytesMax: 65_536,
  /** An event that is longer is passed on as it comes, unread. */
  eventBytesMax: 262_144,
  farewellMs: 1_000,
} as const;

export type StreamEnd = {
  readonly usage: WireUsage | null;
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

type Writer = WritableStreamDefaultWriter<Uint8Array>;

/** Bytes that arrived and wait for their time or for the rest of their event. */
type Outbox = {
  parts: Buffer[];
  freshBytes: number;
  flushedAtMs: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** The flush that is under way. */
  flushing: Promise<void> | null;
};

/** Passes a committed stream on. It ends as it ended upstream, or with an error event and no `[DONE]`. */
export async function passOn(passing: Passing, writer: Writer): Promise<StreamEnd> {
  const { reader, cutoff, now } = passing;
  writer.closed.catch(() => cutoff.cut("client"));
  const track = newTrack();
  const outbox: Outbox = {
    parts: [passing.held],
    freshBytes: passing.held.length,
    flushedAtMs: now(),
    timer: undefined,
    flushing: null,
  };
  const flow: Flow = { passing, writer, track };
  const flush = () => (outbox.flushing ??= flushOf(outbox, flow));
  let complete = false;
  let pace = newPace(now());
  await flush();
  while (cutoff.cause === null) {
    const block = await reader.read(leastBytes(pace)).catch(() => undefined);
    complete = block === null;
    if (block === null || block === undefined) break;
    const readAtMs = now();
    pace = paceAfter(pace, block.length, readAtMs);
    if (outbox.flushing === null) cutoff.touch(readAtMs);
    outbox.parts.push(block);
    outbox.freshBytes += block.length;
    // Nothing is read ahead of a client that is slow.
    await outbox.flushing;
    const waitMs = outbox.flushedAtMs + STREAM_LIMITS.gatherMs - now();
    if (waitMs <= 0 || outbox.freshBytes >= STREAM_LIMITS.gatherBytesMax) await flush();
    else outbox.timer ??= setTimeout(() => void flush(), waitMs);
  }
  await outbox.flushing;
  const last = take(outbox, flow);
  const rest = Buffer.concat(outbox.parts).toString("latin1").trim();
  if (!complete || cutoff.cause !== null || rest !== "" || (!track.finished && !track.failed))
    return endCut(flow, last);
  if (last.length > 0) await deliver(last, flow);
  cutoff.release();
  // A client that left just now has everything that there was.
  await writer.close().catch(() => undefined);
  return { usage: track.usage, events: track.events, cut: track.failed ? "upstream" : null };
}

type Flow = { readonly passing: Passing; readonly writer: Writer; readonly track: Track };

/** Takes the whole events that are there, as the client is to have them. */
function take(outbox: Outbox, { passing, track }: Flow): Buffer {
  clearTimeout(outbox.timer);
  outbox.timer = undefined;
  const [first, ...more] = outbox.parts;
  const all = first === undefined || more.length > 0 ? Buffer.concat(outbox.parts) : first;
  const whole = wholeEventsEnd(all);
  const end = whole === 0 && all.length > STREAM_LIMITS.eventBytesMax ? all.length : whole;
  outbox.parts = end === all.length ? [] : [all.subarray(end)];
  outbox.freshBytes = 0;
  const { bytes, usage } = rewriteUsage(all.subarray(0, end), passing.keepUsage, passing.costUsd);
  follow(track, bytes, usage);
  return bytes;
}

async function flushOf(outbox: Outbox, flow: Flow): Promise<void> {
  const bytes = take(outbox, flow);
  if (bytes.length > 0) await deliver(bytes, flow);
  [outbox.flushedAtMs, outbox.flushing] = [flow.passing.now(), null];
}

/** Waits for a client that reads slowly, which is no idleness of the upstream's, until the attempt is cut. Never fails. */
async function deliver(bytes: Buffer, { passing, writer }: Flow): Promise<void> {
  const { cutoff, now } = passing;
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

async function endCut({ passing, writer, track }: Flow, last: Buffer): Promise<StreamEnd> {
  const { cutoff, reader } = passing;
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
    if (cut !== "client") await writer.write(Buffer.concat([last, Buffer.from(event, "utf8")]));
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
