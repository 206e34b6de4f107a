/** How hard a prompt is: the share of models, weak to strong, that would fail it. */
import type { Task } from "../domain/traits.ts";

/** Middle of each task, and how far its prompts spread around it. */
const BY_TASK: Readonly<Record<Task, readonly [middle: number, spread: number]>> = {
  classification: [0.12, 0.3],
  extraction: [0.2, 0.4],
  summarization: [0.25, 0.4],
  translation: [0.25, 0.4],
  rewriting: [0.22, 0.4],
  closed_qa: [0.22, 0.45],
  open_qa: [0.32, 0.5],
  brainstorming: [0.3, 0.4],
  generation: [0.38, 0.5],
  code: [0.42, 0.5],
  reasoning: [0.45, 0.5],
  chat: [0.15, 0.4],
};

/** Points of `hard` cues at which half of the task's spread is used up. */
const HARD_HALF = 8;

export type DifficultyCues = {
  readonly task: Task;
  readonly hard: number;
  readonly easy: number;
  readonly inputTokens: number;
  readonly outputTokensP50: number;
};

/** 0..1, rounded to thousandths. Longer answers and inputs and harder words raise it, never lower it. */
export function difficulty({ task, hard, easy, inputTokens, outputTokensP50 }: DifficultyCues): number {
  const [middle, spread] = BY_TASK[task];
  const hardness = hard / (hard + HARD_HALF);
  const length = Math.min(1, outputTokensP50 / 3_000);
  const reading = Math.min(1, inputTokens / 20_000);
  const raised = middle + spread * Math.min(1, hardness + 0.55 * length + 0.3 * reading);
  const eased = easy > 0 ? Math.min(0.12, middle / 3) : 0;
  return Math.round(Math.min(0.99, Math.max(0.02, raised - eased)) * 1000) / 1000;
}
