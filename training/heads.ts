/** What is fitted on top of the scores: their temperature, the lines of the lengths, the weights of the difficulty. */
import { difficultyInputs, DIFFICULTY_INPUTS, type DifficultyFacts } from "../src/classify/difficulty.ts";
import { WORKS_ON_TEXT } from "../src/classify/length.ts";
import { TASKS } from "../src/domain/traits.ts";
import { leastSquares } from "./fit.ts";

export type Scored = {
  readonly scores: readonly number[];
  readonly task: number;
  readonly second: number;
};

/** The temperature at which the scores of prompts that were left out say how often they are right. */
export function fitTemperature(scored: readonly Scored[]): number {
  const loss = (temperature: number) =>
    scored.reduce((sum, { scores, task, second }) => {
      const most = Math.max(...scores);
      const weights = scores.map((score) => Math.exp((score - most) / temperature));
      const right = (weights[task] ?? 0) + (second < 0 ? 0 : (weights[second] ?? 0));
      return sum - Math.log(right / weights.reduce((total, weight) => total + weight, 0));
    }, 0);
  const candidates = Array.from({ length: 40 }, (_, index) => 0.5 * 1.05 ** index);
  return candidates.reduce((best, one) => (loss(one) < loss(best) ? one : best));
}

export type Measured = {
  readonly task: number;
  /** The model's logarithm, of a prompt that it had not seen. */
  readonly logarithm: number;
  readonly textTokens: number;
  readonly actual: number;
};

/** For each task a line through (model's logarithm, logarithm of the text's tokens), and what is left over. */
export function fitLengths(measured: readonly Measured[]): { lines: number[][]; spread: number[] } {
  const lines: number[][] = [];
  const spread: number[] = [];
  for (const [task, name] of TASKS.entries()) {
    const own = measured.filter((one) => one.task === task);
    const inputs = own.map(({ logarithm, textTokens }) =>
      WORKS_ON_TEXT.has(name) ? [1, logarithm, Math.log2(1 + textTokens)] : [1, logarithm],
    );
    const weights = leastSquares(
      inputs,
      own.map(({ actual }) => actual),
      1,
    );
    const rest = own.map(
      ({ actual }, at) =>
        actual - (inputs[at] ?? []).reduce((sum, input, k) => sum + input * (weights[k] ?? 0), 0),
    );
    lines.push(weights);
    spread.push(Math.sqrt(rest.reduce((sum, one) => sum + one * one, 0) / Math.max(1, rest.length)));
  }
  return { lines, spread };
}

export type Hard = { readonly facts: DifficultyFacts; readonly failed: number; readonly source: string };

/**
 * Slopes of the share of models that fail, within each source: between sources other things differ. None may be negative but
 * that of `easy`, whose may not be positive: difficulty never falls as a prompt grows.
 */
export function fitDifficulty(hard: readonly Hard[], usable: ReadonlySet<string>): number[] {
  const sources = Map.groupBy(hard, ({ source }) => source);
  const inputs: number[][] = [];
  const targets: number[] = [];
  for (const own of sources.values()) {
    const rows = own.map(({ facts }) => difficultyInputs(facts));
    const means = DIFFICULTY_INPUTS.map(
      (name) => rows.reduce((sum, row) => sum + row[name], 0) / rows.length,
    );
    const mean = own.reduce((sum, { failed }) => sum + failed, 0) / own.length;
    // Sources of every size count alike.
    const weight = Math.sqrt(500 / own.length);
    for (const [at, row] of rows.entries()) {
      inputs.push(
        DIFFICULTY_INPUTS.map((name, k) => (usable.has(name) ? weight * (row[name] - (means[k] ?? 0)) : 0)),
      );
      targets.push(weight * ((own[at]?.failed ?? 0) - mean));
    }
  }
  let dropped = new Set<number>();
  for (;;) {
    const weights = leastSquares(
      inputs.map((row) => row.map((value, k) => (dropped.has(k) ? 0 : value))),
      targets,
      20,
    );
    const wrong = weights.flatMap((weight, k) =>
      !dropped.has(k) && (DIFFICULTY_INPUTS[k] === "easy" ? weight > 0 : weight < 0) ? [k] : [],
    );
    if (wrong.length === 0) return weights.map((weight, k) => (dropped.has(k) ? 0 : weight));
    dropped = new Set([...dropped, ...wrong]);
  }
}
