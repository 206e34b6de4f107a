/** What a message of records says of answer lengths. */
import { z } from "zod";
import { type Seen, noneSeen, withAnswer } from "../classify/correction.ts";
import { TASKS, type Task } from "../domain/traits.ts";

/** Answers that ended by themselves and were counted by their upstream; the rest tells nothing of lengths. */
const countedSchema = z.looseObject({
  status: z.literal(200),
  aborted: z.literal(false),
  task: z.enum(TASKS),
  usage: z.looseObject({ outputTokens: z.number().min(1), estimated: z.literal(false) }),
  ask: z.looseObject({ maxOutputTokens: z.number().nullable(), choices: z.number().min(1) }),
  decision: z.looseObject({
    traits: z.looseObject({
      evidence: z.enum(["strong", "weak"]),
      outputTokens: z.looseObject({ p50: z.number().min(1) }),
    }),
  }),
});

export type SeenByTask = Readonly<Partial<Record<Task, Seen>>>;

/** Sums per task of the records in a message of the queue (a JSON array). */
export function lengthsSeen(message: string): SeenByTask {
  const records = z.array(z.unknown()).parse(JSON.parse(message));
  const seen: Partial<Record<Task, Seen>> = {};
  for (const record of records) {
    const counted = countedSchema.safeParse(record);
    if (!counted.success) continue;
    const { task, usage, ask, decision } = counted.data;
    const tokens = usage.outputTokens / ask.choices;
    // One that its cap cut would have been longer.
    if (ask.maxOutputTokens !== null && tokens >= ask.maxOutputTokens) continue;
    seen[task] = withAnswer(seen[task] ?? noneSeen, tokens, decision.traits.outputTokens.p50);
  }
  return seen;
}
