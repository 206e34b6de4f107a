/** The trained model, unpacked once: tables of words and concepts, and a row of small integers for each feature. */
import { Buffer } from "node:buffer";
import { TASKS } from "../domain/traits.ts";
import { Featurizer } from "./features.ts";
import { KeyTable } from "./key-table.ts";
import type { Lexicon, Meaning } from "./lexicon.ts";
import { SHAPE_ROWS } from "./shape.ts";
import { type Vector, rowsFrom } from "./vector.ts";

/** A task's score each, then the logarithm of the answer's length. */
export const COLUMNS = TASKS.length + 1;
export const LENGTH_COLUMN = TASKS.length;

/** Base64 of little-endian arrays, as training/ writes it. */
export type StoredTable = { readonly counts: string; readonly marks: string };
export type StoredModel = {
  readonly concepts: readonly string[];
  readonly lexicon: StoredTable & {
    readonly meanings: string;
    readonly combinations: readonly (readonly number[])[];
  };
  readonly words: StoredTable;
  /** Signed bytes, row by row; a column's scale makes them weights. */
  readonly weights: string;
  readonly scales: readonly number[];
  readonly temperature: number;
  readonly length: {
    /** For each task: constant, factor of the model's logarithm, factor of that of the text's tokens. */
    readonly lines: readonly (readonly number[])[];
    /** For each task: standard deviation of the logarithm. */
    readonly spread: readonly number[];
  };
  readonly difficulty: { readonly names: readonly string[]; readonly weights: readonly number[] };
  readonly language: {
    readonly names: readonly string[];
    readonly weights: string;
    readonly scales: readonly number[];
  };
};

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "base64"));
const words = (text: string): Uint16Array => new Uint16Array(bytes(text).buffer);
export const signedBytes = (text: string): Int8Array => new Int8Array(bytes(text).buffer);

const tableOf = ({ counts, marks }: StoredTable): KeyTable =>
  new KeyTable({ counts: bytes(counts), marks: words(marks) });

export function lexiconOf({ lexicon }: Pick<StoredModel, "lexicon">): Lexicon {
  const combinations = lexicon.combinations.map(([first = -1, second = -1, more = 0]): Meaning => ({
    first,
    second,
    more: more === 1,
  }));
  const none: Meaning = { first: -1, second: -1, more: false };
  return {
    table: tableOf(lexicon),
    meanings: Array.from(words(lexicon.meanings), (index) => combinations[index] ?? none),
  };
}

export class Model {
  readonly lexicon: Lexicon;
  readonly featurizer: Featurizer;
  readonly outputs = new Float64Array(COLUMNS);
  private readonly weights: Int8Array;
  private readonly scales: Float64Array;

  constructor(stored: StoredModel) {
    this.lexicon = lexiconOf(stored);
    this.featurizer = new Featurizer(this.lexicon, rowsFrom(tableOf(stored.words), SHAPE_ROWS));
    this.weights = signedBytes(stored.weights);
    this.scales = Float64Array.from(stored.scales);
  }

  /** Scores of a vector, valid until the next call. */
  score({ rows, values, count }: Pick<Vector, "rows" | "values" | "count">): Float64Array {
    const { outputs, weights, scales } = this;
    outputs.fill(0);
    for (let index = 0; index < count; index += 1) {
      const [at, value] = [(rows[index] ?? 0) * COLUMNS, values[index] ?? 0];
      for (let column = 0; column < COLUMNS; column += 1)
        outputs[column] = (outputs[column] ?? 0) + value * (weights[at + column] ?? 0);
    }
    for (let column = 0; column < COLUMNS; column += 1)
      outputs[column] = (outputs[column] ?? 0) * (scales[column] ?? 0);
    return outputs;
  }
}
