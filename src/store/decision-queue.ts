/** Records on their way to the log: gathered in the isolate, sent in bounded batches, never in a request's way. */
import type { DecisionRecord } from "../domain/record.ts";

export const QUEUE_LIMITS = {
  batchMax: 32,
  /** The platform's limit of a batch is 256 KB. A target's verdict is under 400 bytes, the rest of a record under 3,000. */
  batchTargetsMax: 400,
  /** A record waits at most this long in the isolate. */
  waitMs: 400,
  /** Beyond this the oldest are dropped and counted: a queue that is down must not fill the isolate's memory. */
  bufferMax: 2_000,
  attempts: 3,
} as const;

export type RecordBuffer = { readonly records: DecisionRecord[]; dropped: number };
export const emptyBuffer = (): RecordBuffer => ({ records: [], dropped: 0 });

export type RecordQueue = Pick<Queue<DecisionRecord>, "sendBatch">;
export type LogProblem = (event: string, detail: Readonly<Record<string, unknown>>) => void;

/** Adds a record; the returned promise, for `waitUntil`, ends when a batch that holds it was sent or given up. */
export async function enqueue(
  buffer: RecordBuffer,
  record: DecisionRecord,
  to: {
    readonly queue: RecordQueue;
    readonly wait: (ms: number) => Promise<void>;
    readonly problem: LogProblem;
  },
): Promise<void> {
  buffer.records.push(record);
  if (buffer.records.length < QUEUE_LIMITS.batchMax) await to.wait(QUEUE_LIMITS.waitMs);
  if (buffer.records.length === 0) return;
  const batch = buffer.records.splice(0, batchLength(buffer.records));
  for (let attempt = 1; attempt <= QUEUE_LIMITS.attempts; attempt += 1) {
    try {
      await to.queue.sendBatch(batch.map((body) => ({ body, contentType: "json" })));
      return;
    } catch {
      if (attempt < QUEUE_LIMITS.attempts) await to.wait(QUEUE_LIMITS.waitMs * attempt);
    }
  }
  buffer.records.unshift(...batch);
  const over = buffer.records.length - QUEUE_LIMITS.bufferMax;
  if (over > 0) {
    const lost = buffer.records.splice(0, over);
    buffer.dropped += lost.length;
    to.problem("decision_log_dropped", { dropped: lost.length, ids: lost.map(({ id }) => id) });
  } else {
    to.problem("decision_log_delayed", { waiting: buffer.records.length });
  }
}

/** How many of the oldest records fit one batch; at least one. */
export function batchLength(records: readonly DecisionRecord[]): number {
  let targets = 0;
  const end = records.findIndex((record) => {
    targets += record.decision.targets.length;
    return targets > QUEUE_LIMITS.batchTargetsMax;
  });
  return Math.max(1, Math.min(QUEUE_LIMITS.batchMax, end === -1 ? records.length : end));
}
