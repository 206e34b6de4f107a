/** The queue's consumer: messages of records into D1, retried one by one, and kept apart when that fails for good. */
import type { LogProblem } from "./decision-queue.ts";
import { type SeenByTask, lengthsSeen } from "./lengths.ts";
import { writeDeadDecisions, writeDecisions } from "./decision-log.ts";

const RETRY_SECONDS_MAX = 60;

export type Hands = {
  readonly problem: LogProblem;
  /** Takes what was seen of answer lengths. */
  readonly observe: (seen: SeenByTask) => Promise<void>;
};

/** Lengths are learned on the side: a failure costs a few answers' worth of learning, never the log. */
async function observed(body: string, { problem, observe }: Hands): Promise<void> {
  try {
    const seen = lengthsSeen(body);
    if (Object.keys(seen).length > 0) await observe(seen);
  } catch (error) {
    problem("length_correction_failed", { error: error instanceof Error ? error.name : "unknown" });
  }
}

/** Acknowledges each message that was written. One that fails is retried alone, each time after a longer delay. */
export async function consume(
  batch: MessageBatch<string>,
  db: D1Database,
  { problem, observe }: Hands,
): Promise<void> {
  const dead = batch.queue.endsWith("-dead");
  for (const message of batch.messages) {
    const { id, timestamp, body, attempts } = message;
    try {
      if (dead) await writeDeadDecisions(db, { id, atMs: timestamp.getTime(), body });
      else await writeDecisions(db, body);
      message.ack();
      if (!dead) await observed(body, { problem, observe });
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
