/** The language of the ask: by script where that settles it, else by its words and their beginnings. */
import { finish } from "../domain/hash.ts";
import { KIND, kindOf } from "./characters.ts";
import { SEED, mix } from "./hashing.ts";
import { signedBytes, type StoredModel } from "./model.ts";

export const UNKNOWN_LANGUAGE = "und";
export const LANGUAGE_ROWS = 4_096;
/** Only the opening is read: the instruction's language, not the pasted text's. */
const SCANNED = 160;
/** Under this share of the whole the language is not told. */
const LEAST_CONFIDENCE = 0.4;
const [WORD, LETTERS, SPACE] = [3, 5, 32];

type Script = { readonly language: string; readonly from: number; readonly to: number };
/** Where the script settles it. Kana before Han: Japanese has both. */
const SCRIPTS: readonly Script[] = [
  { language: "ja", from: 0x3041, to: 0x30ff },
  { language: "ko", from: 0xac00, to: 0xd7a3 },
  { language: "zh", from: 0x3400, to: 0x9fff },
  { language: "ru", from: 0x400, to: 0x52f },
  { language: "ar", from: 0x600, to: 0x6ff },
  { language: "hi", from: 0x900, to: 0x97f },
  { language: "el", from: 0x370, to: 0x3ff },
  { language: "he", from: 0x590, to: 0x5ff },
  { language: "bn", from: 0x980, to: 0x9ff },
  { language: "ta", from: 0xb80, to: 0xbff },
  { language: "te", from: 0xc00, to: 0xc7f },
  { language: "th", from: 0xe00, to: 0xe7f },
];
const FIRST_SCRIPT = 0x370;
/** A letter of another script, or an ideograph, weighs as much as some Latin ones: names and code are Latin everywhere. */
const LATIN_LETTERS = 3;
/** Kana beside Han: a few are enough. */
const KANA_SHARE = 0.1;

function scriptLanguage(text: string): string | null {
  const counts = new Uint16Array(SCRIPTS.length);
  let [latin, others] = [0, 0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < FIRST_SCRIPT) {
      if (kindOf(code) === KIND.letter) latin += 1;
      continue;
    }
    const at = SCRIPTS.findIndex(({ from, to }) => code >= from && code <= to);
    if (at < 0) continue;
    counts[at] = (counts[at] ?? 0) + 1;
    others += 1;
  }
  if (others * LATIN_LETTERS <= latin || others === 0) return null;
  if ((counts[0] ?? 0) > others * KANA_SHARE) return SCRIPTS[0]?.language ?? null;
  return SCRIPTS[counts.indexOf(Math.max(...counts))]?.language ?? null;
}

/** True for a language that its script tells. */
export const toldByScript = (language: string): boolean =>
  SCRIPTS.some((script) => script.language === language);

/** Rows of a text's words and of every three letters with their accents, into `rows`; how many there are. */
export function languageRows(text: string, rows: Int32Array): number {
  const opening = text.slice(0, SCANNED).toLowerCase();
  let count = 0;
  let [first, second, word] = [SPACE, SPACE, SEED];
  for (let index = 0; index <= opening.length && count < rows.length - 1; index += 1) {
    const code = index < opening.length ? opening.charCodeAt(index) : SPACE;
    const third = kindOf(code) === KIND.letter || kindOf(code) === KIND.ideograph ? code : SPACE;
    if (second !== SPACE) {
      rows[count] = finish(mix(mix(mix(LETTERS, first), second), third)) % LANGUAGE_ROWS;
      count += 1;
    }
    if (third !== SPACE) word = mix(word, third);
    else if (word !== SEED) {
      rows[count] = finish(mix(word, WORD)) % LANGUAGE_ROWS;
      count += 1;
      word = SEED;
    }
    [first, second] = [second, third];
  }
  return count;
}

export const LANGUAGE_ROWS_MAX = 2 * SCANNED;

export class LanguageModel {
  private readonly names: readonly string[];
  private readonly weights: Int8Array;
  private readonly scales: Float64Array;
  private readonly rows = new Int32Array(LANGUAGE_ROWS_MAX);
  private readonly scores: Float64Array;

  constructor({ names, weights, scales }: StoredModel["language"]) {
    [this.names, this.weights, this.scales] = [names, signedBytes(weights), Float64Array.from(scales)];
    this.scores = new Float64Array(names.length);
  }

  /** ISO 639-1, or `und`. */
  of(text: string): string {
    const script = scriptLanguage(text.slice(0, SCANNED));
    if (script !== null) return script;
    const count = languageRows(text, this.rows);
    if (count === 0) return UNKNOWN_LANGUAGE;
    const { scores, weights, scales, rows } = this;
    const size = scores.length;
    scores.fill(0);
    for (let index = 0; index < count; index += 1) {
      const from = (rows[index] ?? 0) * size;
      for (let at = 0; at < size; at += 1) scores[at] = (scores[at] ?? 0) + (weights[from + at] ?? 0);
    }
    let best = 0;
    for (let at = 0; at < size; at += 1) {
      scores[at] = ((scores[at] ?? 0) * (scales[at] ?? 0)) / Math.sqrt(count);
      if ((scores[at] ?? 0) > (scores[best] ?? 0)) best = at;
    }
    let sum = 0;
    for (let at = 0; at < size; at += 1) sum += Math.exp((scores[at] ?? 0) - (scores[best] ?? 0));
    return 1 / sum >= LEAST_CONFIDENCE ? (this.names[best] ?? UNKNOWN_LANGUAGE) : UNKNOWN_LANGUAGE;
  }
}
