/** From scores to a task, and how sure that is. */
import { TASKS, type Evidence, type Task } from "../domain/traits.ts";

/** Calibrated confidence from which the evidence is strong, and under which it is none. */
export const CONFIDENCE = { strong: 0.7, weak: 0.35 } as const;

export type Judgement = {
  readonly task: Task;
  readonly confidence: number;
  readonly evidence: Evidence;
  /** Of each task, in the order of TASKS. */
  readonly probabilities: readonly number[];
};

/** Softmax at the temperature that was fitted on prompts the model had not seen. */
export function judge(scores: ArrayLike<number>, temperature: number): Judgement {
  let best = 0;
  for (let task = 1; task < TASKS.length; task += 1)
    if ((scores[task] ?? 0) > (scores[best] ?? 0)) best = task;
  const most = scores[best] ?? 0;
  const weights = TASKS.map((_, task) => Math.exp(((scores[task] ?? 0) - most) / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const confidence = 1 / sum;
  const evidence =
    confidence >= CONFIDENCE.strong ? "strong" : confidence >= CONFIDENCE.weak ? "weak" : "none";
  return {
    task: TASKS[best] ?? "chat",
    confidence,
    evidence,
    probabilities: weights.map((weight) => weight / sum),
  };
}
