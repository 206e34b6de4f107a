/** `npm run train`: from the prompts and the lexicon to src/classify/weights.ts, the same bytes each time. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LANGUAGE_ROWS, LANGUAGE_ROWS_MAX, languageRows, toldByScript } from "../src/classify/language.ts";
import { COLUMNS, LENGTH_COLUMN, type StoredModel, lexiconOf } from "../src/classify/model.ts";
import { SHAPE_ROWS, shapeOf } from "../src/classify/shape.ts";
import { tokensOfText } from "../src/classify/tokens.ts";
import { zonesOf } from "../src/classify/zones.ts";
import { DIFFICULTY_INPUTS } from "../src/classify/difficulty.ts";
import { TASKS } from "../src/domain/traits.ts";
import { LENGTH_TOKENS, type Prompt, difficultPrompts, ownPrompts } from "./data.ts";
import { dice, fit, outputsOf, softmax } from "./fit.ts";
import { type Measured, type Scored, fitDifficulty, fitLengths, fitTemperature } from "./heads.ts";
import { buildLexicon, readForms } from "./lexicon.ts";
import { disturbed } from "./noise.ts";
import { type Example, chosenRows, fitHeads, occurrences, renumbered, vectorsOf } from "./vectors.ts";
import { quantized, sourceOf, storedLexicon, storedWeights, storedWords } from "./write.ts";

const CHOICE = { least: 3, most: 12_000 } as const;
export const FIT = { epochs: 6, rate: 0.3, seed: 1 } as const;
const FOLDS = 5;
export const NOISE_SEED = 11;
const LANGUAGE_LEAST = 100;

/** Scores of each prompt by a model that has not seen it. */
function leftOutScores(examples: readonly Example[], rows: number): Float64Array[] {
  const random = dice(7);
  // A prompt and its disturbed copy stay together.
  const half = examples.length / 2;
  const folds = Array.from({ length: half }, () => Math.floor(random() * FOLDS));
  const fold = examples.map((_, at) => folds[at % half]);
  const scores = examples.map(() => new Float64Array(COLUMNS));
  for (let left = 0; left < FOLDS; left += 1) {
    const weights = fitHeads(
      examples.filter((_, at) => fold[at] !== left),
      { rows, ...FIT },
    );
    for (const [at, example] of examples.entries()) {
      const own = scores[at];
      if (fold[at] === left && own !== undefined) outputsOf(example, weights, own);
    }
  }
  return scores;
}

const scoredOf = ({ prompt }: Example, scores: Float64Array): Scored => ({
  scores: [...scores.subarray(0, TASKS.length)],
  task: TASKS.indexOf(prompt.task),
  second: prompt.second === null ? -1 : TASKS.indexOf(prompt.second),
});

const measuredOf = ({ prompt }: Example, scores: Float64Array): Measured => {
  const { ask } = zonesOf(prompt.conversation);
  return {
    task: TASKS.indexOf(prompt.task),
    logarithm: scores[LENGTH_COLUMN] ?? 0,
    textTokens: tokensOfText(ask),
    actual: Math.log2(LENGTH_TOKENS[prompt.length]),
  };
};

/** Which language an ask is in: those with enough prompts of their own. */
function fitLanguages(prompts: readonly Prompt[]): StoredModel["language"] {
  const counts = Map.groupBy(prompts, ({ language }) => language);
  // Romanised prompts of languages with a script of their own are few, and are left to be unknown.
  const names = [...counts]
    .filter(([name, own]) => own.length >= LANGUAGE_LEAST && !toldByScript(name))
    .map(([name]) => name)
    .toSorted();
  const examples = prompts
    .filter(({ language }) => names.includes(language))
    .map((prompt) => {
      const rows = new Int32Array(LANGUAGE_ROWS_MAX);
      const count = languageRows(zonesOf(prompt.conversation).ask, rows);
      const values = new Float32Array(count).fill(1 / Math.sqrt(Math.max(1, count)));
      return { rows: rows.slice(0, count), values, own: names.indexOf(prompt.language) };
    });
  const options = { ...FIT, epochs: 2 * FIT.epochs, rows: LANGUAGE_ROWS, columns: names.length };
  const fitted = fit(examples, options, (outputs, at) => {
    softmax(outputs);
    const own = examples[at]?.own ?? 0;
    outputs[own] = (outputs[own] ?? 0) - 1;
  });
  const { weights, scales } = quantized(fitted, names.length);
  return { names, weights: storedWeights(weights), scales };
}

/** What the public data can tell of; its cues of words are those of exams alone. */
export const FITTED_INPUTS: ReadonlySet<string> = new Set(["askLength", "numbers", "mathMarks", "codeMarks"]);
/** Set by hand: no public data says how much harder a long answer, a proof or "lock-free" makes a prompt in general. */
const BY_HAND: Partial<Record<string, number>> = { answerLength: 0.03, hard: 0.1, easy: -0.05, prove: 0.06 };

/** Public prompts with the share of models that failed them. */
export function hardPrompts(folder: string) {
  return difficultPrompts(folder).map(({ prompt, small, large, source }) => {
    const known = [small, large].filter((one) => one !== null);
    const failed = 1 - known.reduce((sum, one) => sum + one, 0) / Math.max(1, known.length);
    const facts = { askCharacters: prompt.length, p50: 0, ...shapeOf(prompt), hard: 0, easy: 0, prove: 0 };
    return { source, failed, small, large, facts };
  });
}

function fitHard(folder: string): StoredModel["difficulty"] {
  const fitted = fitDifficulty(hardPrompts(folder), FITTED_INPUTS);
  const weights = DIFFICULTY_INPUTS.map((name, at) => BY_HAND[name] ?? fitted[at] ?? 0);
  return { names: [...DIFFICULTY_INPUTS], weights: weights.map((weight) => Number(weight.toFixed(5))) };
}

function train(prompts: readonly Prompt[], publicFolder: string): StoredModel {
  const built = buildLexicon(readForms());
  const lexicon = storedLexicon(built);
  const { examples, keys } = vectorsOf(
    [...prompts, ...disturbed(prompts, NOISE_SEED)],
    lexiconOf({ lexicon }),
  );
  const all = SHAPE_ROWS + keys.length;
  const counts = occurrences(examples, all);
  const first = fitHeads(examples, { rows: all, ...FIT });
  const chosen = chosenRows(first, counts, CHOICE).toSorted(
    (a, b) => (keys[a - SHAPE_ROWS] ?? 0) - (keys[b - SHAPE_ROWS] ?? 0),
  );
  const numbers = new Int32Array(all).fill(-1);
  for (let row = 0; row < SHAPE_ROWS; row += 1) numbers[row] = row;
  for (const [at, row] of chosen.entries()) numbers[row] = SHAPE_ROWS + at;
  const kept = renumbered(examples, numbers);
  const rows = SHAPE_ROWS + chosen.length;
  const leftOut = leftOutScores(kept, rows);
  const plain = kept.slice(0, prompts.length);
  const { weights, scales } = quantized(fitHeads(kept, { rows, ...FIT }), COLUMNS);
  return {
    concepts: built.concepts,
    lexicon,
    words: storedWords(chosen.map((row) => keys[row - SHAPE_ROWS] ?? 0)),
    weights: storedWeights(weights),
    scales,
    temperature: fitTemperature(
      plain.map((example, at) => scoredOf(example, leftOut[at] ?? new Float64Array(COLUMNS))),
    ),
    length: fitLengths(
      plain.map((example, at) => measuredOf(example, leftOut[at] ?? new Float64Array(COLUMNS))),
    ),
    difficulty: fitHard(publicFolder),
    language: fitLanguages(prompts),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  const startedAtMs = performance.now();
  const prompts = ownPrompts();
  const model = train(prompts, values.data ?? join(import.meta.dirname, "data"));
  const path = join(import.meta.dirname, "..", "src", "classify", "weights.ts");
  writeFileSync(path, sourceOf(model));
  console.log(
    `${prompts.length} prompts, ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s, ${path}`,
  );
}
