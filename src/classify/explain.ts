/** Why a prompt was taken for what it was: probabilities, and what each group of features said for the task. No text. */
import type { Conversation } from "../domain/chat.ts";
import { TASKS } from "../domain/traits.ts";
import { read } from "./classify.ts";
import { GROUPS, type Group } from "./features.ts";
import { COLUMNS } from "./model.ts";
import { model } from "./shipped.ts";
import { MODEL } from "./weights.ts";

export type Explanation = {
  /** Of each task, calibrated; they sum to 1. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** Logarithms of odds that each group (GROUPS) adds for the task, over the mean of all tasks. */
  readonly groups: Readonly<Record<string, number>>;
  /** Names of the concepts that the ask's opening and close were found to hold. */
  readonly concepts: readonly string[];
};

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

export function explain(conversation: Conversation): Explanation {
  const { judgement } = read(conversation);
  const task = TASKS.indexOf(judgement.task);
  const { featurizer } = model;
  const { vector, groups, asked } = featurizer;
  const sums = new Map<Group, number>(GROUPS.map((group) => [group, 0]));
  for (const [at, { name, from }] of groups.entries()) {
    const end = groups[at + 1]?.from ?? vector.count;
    const part = {
      rows: vector.rows.subarray(from, end),
      values: vector.values.subarray(from, end),
      count: end - from,
    };
    const scores = model.score(part).subarray(0, COLUMNS - 1);
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    sums.set(name, (sums.get(name) ?? 0) + ((scores[task] ?? 0) - mean) / MODEL.temperature);
  }
  return {
    probabilities: Object.fromEntries(
      TASKS.map((name, at) => [name, rounded(judgement.probabilities[at] ?? 0)]),
    ),
    groups: Object.fromEntries([...sums].map(([group, sum]) => [group, rounded(sum)])),
    concepts: asked.map((concept) => MODEL.concepts[concept] ?? "").toSorted(),
  };
}
