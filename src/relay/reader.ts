/** A stream as it comes from upstream: read in blocks, and held back until its first content. */
import { Buffer } from "node:buffer";
import { eventKind, eventsOf, wholeEventsEnd } from "../upstream/sse.ts";

export const HOLD_LIMITS = {
  eventsMax: 64,
  bytesMax: 262_144,
} as const;
const READ_BYTES = 16_384;

export type Reader = {
  readonly read: (leastBytes?: number) => Promise<Buffer | null>;
  readonly cancel: () => Promise<void>;
};

/** Reads what has arrived, or waits for `leastBytes`; null at the end. */
export function readerOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): Reader {
  const reader = body.getReader({ mode: "byob" });
  // An aborted fetch does not always wake a read that is already waiting.
  signal.addEventListener("abort", () => void reader.cancel().catch(() => undefined), { once: true });
  let memory = new Uint8Array(READ_BYTES);
  return {
    read: async (leastBytes = 1) => {
      const { value } = await reader.readAtLeast(leastBytes, memory);
      if (value === undefined || value.byteLength === 0) return null;
      // The memory comes back with the bytes: taken again for each read, it costs half of what fresh memory does.
      memory = new Uint8Array(value.buffer);
      return Buffer.from(value);
    },
    cancel: () => reader.cancel().catch(() => undefined),
  };
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
    if (seenEvents > HOLD_LIMITS.eventsMax || held.length > HOLD_LIMITS.bytesMax)
      return { kind: "content", bytes: held };
  }
}
