/** Difficulty from 0 to 1: what the task asks as a rule, and what this prompt adds. */
import { TASKS, type Task } from "../domain/traits.ts";
import type { StoredModel } from "./model.ts";

/** Of a usual prompt of each task; no public data tells it of most (docs/classifier.md). */
const USUAL: Readonly<Record<Task, number>> = {
  chat: 0.1,
  classification: 0.14,
  extraction: 0.2,
  translation: 0.24,
  rewriting: 0.24,
  closed_qa: 0.24,
  summarization: 0.28,
  brainstorming: 0.32,
  open_qa: 0.36,
  generation: 0.4,
  code: 0.5,
  reasoning: 0.5,
};
/** As far as anything carries a task: a label stays a label. */
const MOST: Readonly<Record<Task, number>> = {
  chat: 0.5,
  classification: 0.3,
  extraction: 0.5,
  translation: 0.55,
  rewriting: 0.55,
  closed_qa: 0.65,
  summarization: 0.6,
  brainstorming: 0.7,
  open_qa: 0.85,
  generation: 0.9,
  code: 0.95,
  reasoning: 0.97,
};
/** Nothing to go on is not easy: the middle, so that no floor is passed by accident. */
const UNKNOWN = 0.45;
const LEAST = 0.02;

/** What the fitted part is given, in the order of its weights. */
export const DIFFICULTY_INPUTS = [
  "askLength",
  "answerLength",
  "numbers",
  "mathMarks",
  "codeMarks",
  "hard",
  "easy",
  "prove",
] as const;
export type DifficultyInputs = Readonly<Record<(typeof DIFFICULTY_INPUTS)[number], number>>;

const doublings = (value: number, from: number, most: number): number =>
  value <= from ? 0 : Math.min(most, Math.log2(value / from));

export type DifficultyFacts = {
  readonly askCharacters: number;
  /** Median answer length in tokens. */
  readonly p50: number;
  readonly numbers: number;
  readonly mathMarks: number;
  readonly codeMarks: number;
  /** How many different cues of each were found. */
  readonly hard: number;
  readonly easy: number;
  readonly prove: number;
};

/** Each from 0 up, none falling as its fact grows. */
export const difficultyInputs = (facts: DifficultyFacts): DifficultyInputs => ({
  askLength: doublings(facts.askCharacters, 40, 8),
  answerLength: doublings(facts.p50, 60, 6),
  numbers: doublings(1 + facts.numbers, 1, 4),
  mathMarks: Math.min(1, facts.mathMarks / 2),
  codeMarks: Math.min(1, facts.codeMarks / 12),
  hard: Math.min(3, facts.hard),
  easy: Math.min(3, facts.easy),
  prove: Math.min(2, facts.prove),
});

/** 0..1, three decimals. Tasks count by their probabilities, so that a doubtful prompt stands between them. */
export function difficultyOf(
  probabilities: readonly number[],
  known: boolean,
  inputs: DifficultyInputs,
  { weights }: StoredModel["difficulty"],
): number {
  const usual = TASKS.reduce((sum, task, at) => sum + (probabilities[at] ?? 0) * USUAL[task], 0);
  const most = TASKS.reduce((sum, task, at) => sum + (probabilities[at] ?? 0) * MOST[task], 0);
  const base = known ? usual : Math.max(UNKNOWN, usual);
  const added = DIFFICULTY_INPUTS.reduce((sum, name, at) => sum + (weights[at] ?? 0) * inputs[name], 0);
  const value = Math.min(Math.max(most, base), base + added);
  return Math.round(Math.max(LEAST, value) * 1000) / 1000;
}
