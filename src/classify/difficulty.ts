/** Difficulty from 0 to 1: what the task asks as a rule, and what this prompt adds. */
import type { Task } from "../domain/traits.ts";

export type DifficultyFacts = {
  readonly task: Task;
  readonly known: boolean;
  /** Sums of the matched cue weights. */
  readonly hard: number;
  readonly easy: number;
  readonly askWords: number;
  /** Median answer length in tokens. */
  readonly p50: number;
  readonly hasFormula: boolean;
};

/** `hardest` is as far as hard words carry a task: a label stays a label. */
const RANGE: Readonly<Record<Task, { base: number; hardest: number }>> = {
  chat: { base: 0.1, hardest: 0.5 },
  classification: { base: 0.1, hardest: 0.2 },
  extraction: { base: 0.18, hardest: 0.45 },
  rewriting: { base: 0.22, hardest: 0.5 },
  translation: { base: 0.22, hardest: 0.5 },
  closed_qa: { base: 0.22, hardest: 0.6 },
  summarization: { base: 0.26, hardest: 0.55 },
  brainstorming: { base: 0.3, hardest: 0.7 },
  open_qa: { base: 0.32, hardest: 0.8 },
  generation: { base: 0.36, hardest: 0.85 },
  code: { base: 0.48, hardest: 0.95 },
  reasoning: { base: 0.48, hardest: 0.97 },
};
/** Nothing to go on is not easy: the middle, so that no floor is passed by accident. */
const UNKNOWN_DIFFICULTY = 0.4;

const HARD_AT_FULL = 9;
const EASY_STEP = 0.05;
const EASY_AT_FULL = 9;
const WORDS = { from: 16, perDoubling: 0.015, most: 0.08 } as const;
/** Median tokens from which length itself makes an answer harder to hold together. */
const LENGTH = { from: 300, perDoubling: 0.06, most: 0.2 } as const;
const FORMULA_STEP = 0.1;

const doublings = (value: number, from: number) => (value <= from ? 0 : Math.log2(value / from));

/** 0..1, two decimals. Never falls when hard words, length or the expected answer grow. */
export function difficultyOf(facts: DifficultyFacts): number {
  if (!facts.known) return UNKNOWN_DIFFICULTY;
  const { base, hardest } = RANGE[facts.task];
  const room = hardest - base;
  const hard = room * Math.min(1, facts.hard / HARD_AT_FULL);
  const words = Math.min(WORDS.most, doublings(facts.askWords, WORDS.from) * WORDS.perDoubling);
  const answer = Math.min(LENGTH.most, doublings(facts.p50, LENGTH.from) * LENGTH.perDoubling);
  const formula = facts.hasFormula && facts.task === "reasoning" ? FORMULA_STEP : 0;
  const easy = Math.min(EASY_AT_FULL, facts.easy) * (EASY_STEP / 3) * 2;
  const sum = Math.min(hardest, base + hard + words + answer + formula);
  return Math.round(Math.max(0.02, sum - easy) * 100) / 100;
}
