/** The model as a source file: what is large as base64, what is small as it is. */
import { Buffer } from "node:buffer";
import { COLUMNS, type StoredModel } from "../src/classify/model.ts";
import { type StoredKeys, storeKeys } from "../src/classify/key-table.ts";
import type { BuiltLexicon } from "./lexicon.ts";

const base64 = (array: Uint8Array | Uint16Array | Int8Array): string =>
  Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64");
const table = ({ counts, marks }: StoredKeys) => ({ counts: base64(counts), marks: base64(marks) });

/** Weights as signed bytes with a scale for each column: the largest of its weights becomes 127. */
export function quantized(weights: Float32Array, columns: number): { weights: Int8Array; scales: number[] } {
  const scales = Array.from({ length: columns }, (_, column) => {
    let most = 1e-9;
    for (let at = column; at < weights.length; at += columns)
      most = Math.max(most, Math.abs(weights[at] ?? 0));
    return Number((most / 127).toPrecision(6));
  });
  return {
    weights: Int8Array.from(weights, (weight, at) => Math.round(weight / (scales[at % columns] ?? 1))),
    scales,
  };
}

export function storedLexicon({ keys, meanings }: BuiltLexicon): StoredModel["lexicon"] {
  const texts = meanings.map(({ first, second, more }) => `${first},${second},${more ? 1 : 0}`);
  const distinct = [...new Set(texts)].toSorted();
  const places = new Map(distinct.map((text, index) => [text, index]));
  return {
    ...table(keys),
    meanings: base64(Uint16Array.from(texts, (text) => places.get(text) ?? 0)),
    combinations: distinct.map((text) => text.split(",").map(Number)),
  };
}

/** `rows` are those of the words, in the order of their keys, after the shape's. */
export const storedWords = (keys: readonly number[]): StoredModel["words"] => table(storeKeys(keys));
export const storedWeights = (weights: Int8Array): string => base64(weights);

export function sourceOf(model: StoredModel): string {
  return `/** Made by \`npm run train\` from training/. Do not edit. ${COLUMNS} columns a row. */
import type { StoredModel } from "./model.ts";

export const MODEL: StoredModel = ${JSON.stringify(model)};
`;
}
