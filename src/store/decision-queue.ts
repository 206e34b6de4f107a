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

/** `flushDueAtMs` is when the request that took on the next batch should have sent it; 0 when none has. */
export type RecordBuffer = { readonly records: DecisionRecord[]; dropped: number; flushDueAtMs: number };
export const emptyBuffer = (): RecordBuffer => ({ records: [], dropped: 0, flushDueAtMs: 0 });

export type RecordQueue = Pick<Queue<DecisionRecord>, "sendBatch">;
export type LogProblem = (event: string, detail: Readonly<Record<string, unknown>>) => void;

export type Delivery = {
  readonly queue: RecordQueue;
  readonly wait: (ms: number) => Promise<void>;
  readonly now: () => number;
  readonly problem: LogProblem;
};

/**
 * Adds a record. Null when another request has taken on the batch that will hold it; else the promise, for
 * `waitUntil`, of sending that batch. A sender that is overdue is taken for lost, and the next request steps in.
 */
export function enqueue(
  buffer: RecordBuffer,
  record: DecisionRecord,
  delivery: Delivery,
): Promise<void> | null {
  buffer.records.push(record);
  const nowMs = delivery.now();
  const full = buffer.records.length >= QUEUE_LIMITS.batchMax;
  if (!full && nowMs <= buffer.flushDueAtMs + QUEUE_LIMITS.waitMs) return null;
  buffer.flushDueAtMs = nowMs + (full ? 0 : QUEUE_LIMITS.waitMs);
  return deliver(buffer, delivery, full);
}

async function deliver(buffer: RecordBuffer, delivery: Delivery, atOnce: boolean): Promise<void> {
  if (!atOnce) await delivery.wait(QUEUE_LIMITS.waitMs);
  buffer.flushDueAtMs = 0;
  while (buffer.records.length > 0) {
    const batch = buffer.records.splice(0, batchLength(buffer.records));
    if (!(await sent(batch, delivery))) return keepFor(buffer, batch, delivery);
  }
  return undefined;
}

async function sent(batch: readonly DecisionRecord[], { queue, wait }: Delivery): Promise<boolean> {
  for (let attempt = 1; attempt <= QUEUE_LIMITS.attempts; attempt += 1) {
    try {
      await queue.sendBatch(batch.map((body) => ({ body, contentType: "json" })));
      return true;
    } catch {
      if (attempt < QUEUE_LIMITS.attempts) await wait(QUEUE_LIMITS.waitMs * attempt);
    }
  }
  return false;
}

function keepFor(buffer: RecordBuffer, batch: readonly DecisionRecord[], { problem }: Delivery): void {
  buffer.records.unshift(...batch);
  const over = buffer.records.length - QUEUE_LIMITS.bufferMax;
  if (over <= 0) return problem("decision_log_delayed", { waiting: buffer.records.length });
  const lost = buffer.records.splice(0, over);
  buffer.dropped += lost.length;
  return problem("decision_log_dropped", { dropped: lost.length, ids: lost.map(({ id }) => id) });
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
