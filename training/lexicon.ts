/** The cue lexicon: from `training/lexicon/*.txt` to the table that the classifier looks words up in. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { KIND } from "../src/classify/characters.ts";
import { finish } from "../src/domain/hash.ts";
import { type StoredKeys, keyOf, storeKeys } from "../src/classify/key-table.ts";
import {
  FORM_PARTS_MAX,
  type Meaning,
  STEM_LEAST,
  STEM_MOST,
  chained,
  stemPart,
  wholePart,
} from "../src/classify/lexicon.ts";
import { Reader } from "../src/classify/reading.ts";

const FOLDER = join(import.meta.dirname, "lexicon");

export type Form = { readonly concept: string; readonly text: string; readonly language: string };

/** `concept: form, form …` a line; `#` opens a comment. */
export function readForms(folder: string = FOLDER): Form[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".txt"))
    .toSorted()
    .flatMap((name) =>
      readFileSync(join(folder, name), "utf8")
        .split("\n")
        .flatMap((line) => {
          const colon = line.indexOf(":");
          if (line.startsWith("#") || colon < 0) return [];
          return line
            .slice(colon + 1)
            .split(/[,،、，]/)
            .map((text) => ({
              concept: line.slice(0, colon).trim(),
              text: text.trim(),
              language: name.slice(0, 2),
            }))
            .filter(({ text }) => text !== "");
        }),
    );
}

/** The parts of a form, as the classifier would meet them; empty when it could not. */
export function partsOf(form: string): number[] {
  const reader = new Reader();
  const parts: number[] = [];
  for (const word of form
    .replaceAll(/['’-]/g, " ")
    .split(/\s+/)
    .filter((one) => one !== "")) {
    const stem = word.endsWith("*");
    const text = stem ? word.slice(0, -1) : word;
    reader.start(text, 0, text.length);
    while (reader.next()) {
      // A number is read as its length, so it could stand for any other.
      if (reader.kind === KIND.digit) return [];
      if (!stem || reader.kind === KIND.ideograph) parts.push(wholePart(reader.hash));
      else if (reader.length < STEM_LEAST) return [];
      else parts.push(stemPart(reader.prefixes[Math.min(STEM_MOST, reader.length)] ?? 0));
    }
  }
  return parts.length <= FORM_PARTS_MAX ? parts : [];
}

export type BuiltLexicon = {
  readonly concepts: readonly string[];
  readonly keys: StoredKeys;
  readonly meanings: readonly Meaning[];
};

/** Every form and every beginning of one. A form of three concepts keeps the first two. */
export function buildLexicon(forms: readonly Form[]): BuiltLexicon {
  const concepts = [...new Set(forms.map(({ concept }) => concept))].toSorted();
  const numbers = new Map(concepts.map((concept, index) => [concept, index]));
  const known = new Map<number, { concepts: number[]; more: boolean }>();
  const entry = (key: number) => {
    const made = known.get(key) ?? { concepts: [], more: false };
    known.set(key, made);
    return made;
  };
  for (const { concept, text } of forms) {
    let chain = 0;
    const parts = partsOf(text);
    for (const [index, part] of parts.entries()) {
      chain = index === 0 ? part : chained(chain, part);
      const found = entry(keyOf(finish(chain)));
      if (index < parts.length - 1) found.more = true;
      else if (!found.concepts.includes(numbers.get(concept) ?? 0))
        found.concepts.push(numbers.get(concept) ?? 0);
    }
  }
  const sorted = [...known].toSorted(([a], [b]) => a - b);
  return {
    concepts,
    keys: storeKeys(sorted.map(([key]) => key)),
    meanings: sorted.map(([, { concepts: found, more }]) => ({
      first: found[0] ?? -1,
      second: found[1] ?? -1,
      more,
    })),
  };
}
