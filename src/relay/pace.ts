/** How much of a stream to wait for in one read: a wake-up costs more than many events. Pure. */

export const PACE = {
  /** Memory of what came lately: after this time an e-th of it is left. */
  memoryMs: 50,
  /**
   * Of the bytes that came lately this share is awaited: about what comes in 17 ms. Up to 40 events a second nothing
   * is; of a burst, this share of it at most, should the stream stall just then.
   */
  share: 0.35,
  /** And never more than this: a few sentences. */
  bytesMax: 2_048,
} as const;

export type Pace = { readonly bytes: number; readonly atMs: number };
export const newPace = (nowMs: number): Pace => ({ bytes: 0, atMs: nowMs });

/** After a read. */
export const paceAfter = (pace: Pace, bytes: number, nowMs: number): Pace => ({
  bytes: pace.bytes * Math.exp((pace.atMs - nowMs) / PACE.memoryMs) + bytes,
  atMs: nowMs,
});

/** Bytes that the next read waits for. */
export const leastBytes = ({ bytes }: Pace): number =>
  Math.max(1, Math.min(PACE.bytesMax, Math.floor(bytes * PACE.share)));
