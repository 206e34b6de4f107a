/** The queue's consumer: messages of records into D1, retried one by one, and kept apart when that fails for good. */
import type { LogProblem } from "./decision-queue.ts";
import { writeDeadDecisions, writeDecisions } from "./decision-log.ts";

const RETRY_SECONDS_MAX = 60;

/** Acknowledges each message that was written. One that fails is retried alone, each time after a longer delay. */
export async function consume(
  batch: MessageBatch<string>,
  db: D1Database,
  problem: LogProblem,
): Promise<void> {
  const dead = batch.queue.endsWith("-dead");
  for (const message of batch.messages) {
    const { id, timestamp, body, attempts } = message;
    try {
      if (dead) await writeDeadDecisions(db, { id, atMs: timestamp.getTime(), body });
      else await writeDecisions(db, body);
      message.ack();
    } catch (error) {
      problem("decision_log_write_failed", {
        queue: batch.queue,
        message: id,
        attempts,
        error: error instanceof Error ? error.name : "unknown",
      });
      message.retry({ delaySeconds: Math.min(RETRY_SECONDS_MAX, 2 ** attempts) });
    }
  }
}
