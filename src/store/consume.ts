/** The queue's consumer: batches of records into D1, retried, and kept apart when that fails for good. */
import type { DecisionRecord } from "../domain/record.ts";
import type { LogProblem } from "./decision-queue.ts";
import { writeDeadDecisions, writeDecisions } from "./decision-log.ts";

const RETRY_SECONDS_MAX = 60;

/** Acknowledges what was written. A batch that fails is retried later, each time after a longer delay. */
export async function consume(
  batch: MessageBatch<DecisionRecord>,
  db: D1Database,
  problem: LogProblem,
): Promise<void> {
  try {
    if (batch.queue.endsWith("-dead")) {
      await writeDeadDecisions(
        db,
        batch.messages.map(({ id, timestamp, body }) => ({ id, atMs: timestamp.getTime(), body })),
      );
    } else {
      await writeDecisions(
        db,
        batch.messages.map(({ body }) => body),
      );
    }
    batch.ackAll();
  } catch (error) {
    problem("decision_log_write_failed", {
      queue: batch.queue,
      messages: batch.messages.length,
      error: error instanceof Error ? error.name : "unknown",
    });
    const tries = Math.max(1, ...batch.messages.map(({ attempts }) => attempts));
    batch.retryAll({ delaySeconds: Math.min(RETRY_SECONDS_MAX, 2 ** tries) });
  }
}
