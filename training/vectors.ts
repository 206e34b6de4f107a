/** Prompts as vectors: first over all hashes, then over those features that are worth their place. */
import { COLUMNS, LENGTH_COLUMN } from "../src/classify/model.ts";
import { Featurizer } from "../src/classify/features.ts";
import { keyOf } from "../src/classify/key-table.ts";
import type { Lexicon } from "../src/classify/lexicon.ts";
import { SHAPE_ROWS } from "../src/classify/shape.ts";
import { zonesOf } from "../src/classify/zones.ts";
import { TASKS } from "../src/domain/traits.ts";
import { LENGTH_TOKENS, type Prompt } from "./data.ts";
import { type FitOptions, type Sparse, fit, softmax } from "./fit.ts";

export type Example = Sparse & { readonly prompt: Prompt };

/** Every feature of every prompt, numbered as met. `keys[row - SHAPE_ROWS]` is the key of a row. */
export function vectorsOf(
  prompts: readonly Prompt[],
  lexicon: Lexicon,
): { examples: Example[]; keys: number[] } {
  const rows = new Map<number, number>();
  const keys: number[] = [];
  const featurizer = new Featurizer(lexicon, (hash) => {
    const key = keyOf(hash);
    const known = rows.get(key);
    if (known !== undefined) return known;
    const row = SHAPE_ROWS + keys.length;
    rows.set(key, row);
    keys.push(key);
    return row;
  });
  const examples = prompts.map((prompt) => {
    const { tools, response_format: format } = prompt.conversation;
    const facts = { hasTools: (tools ?? []).length > 0, wantsJson: format != null };
    const { vector } = featurizer.read(zonesOf(prompt.conversation), facts);
    return {
      prompt,
      rows: vector.rows.slice(0, vector.count),
      values: vector.values.slice(0, vector.count),
    };
  });
  return { examples, keys };
}

/** How many prompts each row occurs in. */
export function occurrences(examples: readonly Sparse[], rows: number): Uint32Array {
  const counts = new Uint32Array(rows);
  for (const example of examples)
    for (const row of new Set(example.rows)) counts[row] = (counts[row] ?? 0) + 1;
  return counts;
}

/** The same examples over fewer rows: `numbers[row]` is the new row, -1 for one that is dropped. */
export function renumbered<One extends Sparse>(examples: readonly One[], numbers: Int32Array): One[] {
  return examples.map((example) => {
    const kept = [...example.rows.keys()].filter((at) => (numbers[example.rows[at] ?? 0] ?? -1) >= 0);
    return {
      ...example,
      rows: Int32Array.from(kept, (at) => numbers[example.rows[at] ?? 0] ?? -1),
      values: Float32Array.from(kept, (at) => example.values[at] ?? 0),
    };
  });
}

/** Of the share of a prompt's label that goes to a second task where one is defensible. */
const SECOND_SHARE = 0.3;
const SMOOTHING = 0.02;
/** A squared error of one octave weighs this much beside a wrong task. */
const LENGTH_WEIGHT = 0.05;

/** Tasks by softmax, length by squares, in one pass over one set of rows. */
export function fitHeads(examples: readonly Example[], options: Omit<FitOptions, "columns">): Float32Array {
  const targets = examples.map(({ prompt }) => {
    const first = TASKS.indexOf(prompt.task);
    const second = prompt.second === null ? -1 : TASKS.indexOf(prompt.second);
    const shares = TASKS.map(
      (_, task) =>
        SMOOTHING / TASKS.length +
        (1 - SMOOTHING) *
          (task === first ? (second < 0 ? 1 : 1 - SECOND_SHARE) : task === second ? SECOND_SHARE : 0),
    );
    return { shares, logarithm: Math.log2(LENGTH_TOKENS[prompt.length]) };
  });
  const tasks = new Float64Array(TASKS.length);
  return fit(examples, { ...options, columns: COLUMNS }, (outputs, index) => {
    const target = targets[index];
    if (target === undefined) return;
    tasks.set(outputs.subarray(0, TASKS.length));
    softmax(tasks);
    for (let task = 0; task < TASKS.length; task += 1)
      outputs[task] = (tasks[task] ?? 0) - (target.shares[task] ?? 0);
    outputs[LENGTH_COLUMN] = LENGTH_WEIGHT * ((outputs[LENGTH_COLUMN] ?? 0) - target.logarithm);
  });
}

/** Rows worth keeping: the shape's, and of the words' those that occur often enough and say most. */
export function chosenRows(
  weights: Float32Array,
  counts: Uint32Array,
  limits: { readonly least: number; readonly most: number },
): number[] {
  const score = (row: number) => {
    const from = row * COLUMNS;
    const own = weights.subarray(from, from + TASKS.length);
    const mean = own.reduce((sum, weight) => sum + weight, 0) / own.length;
    const spread = own.reduce((sum, weight) => sum + (weight - mean) ** 2, 0);
    const length = LENGTH_WEIGHT * (weights[from + LENGTH_COLUMN] ?? 0) ** 2;
    return (spread + length) * Math.sqrt(counts[row] ?? 0);
  };
  return [...counts.keys()]
    .filter((row) => row >= SHAPE_ROWS && (counts[row] ?? 0) >= limits.least)
    .map((row) => ({ row, score: score(row) }))
    .toSorted((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, limits.most)
    .map(({ row }) => row);
}
