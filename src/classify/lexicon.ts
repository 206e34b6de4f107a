/**
 * Cues by meaning: words, stems and phrases of many languages that stand for one concept, so that what is learned of "summarize"
 * in one language holds in all. The tables are made by training/.
 */
import { finish } from "../domain/hash.ts";
import { KIND } from "./characters.ts";
import { mix } from "./hashing.ts";
import type { KeyTable } from "./key-table.ts";
import type { Reader } from "./reading.ts";

const [WHOLE, STEM] = [0x2f, 0x2a];
export const wholePart = (wordHash: number): number => mix(wordHash, WHOLE);
export const stemPart = (prefixHash: number): number => mix(prefixHash, STEM);
/** The chain after one more part; the first part is a chain of its own. */
export const chained = (state: number, part: number): number => mix(mix(state, part), part >>> 16);

export const STEM_LEAST = 2;
/** Longer stems are cut to this. */
export const STEM_MOST = 12;
/** Words, or ideographs, of a form. */
export const FORM_PARTS_MAX = 6;
/** Phrases that may be under way at once. */
const OPEN_MAX = 8;
const CONCEPTS_MAX = 96;

/** What a form stands for; `more` when longer forms begin with it. -1 for no concept. */
export type Meaning = { readonly first: number; readonly second: number; readonly more: boolean };
export type Lexicon = { readonly table: KeyTable; readonly meanings: readonly Meaning[] };

/** Finds concepts in the words that a reader gives it. Used again and again. */
export class Finder {
  readonly concepts = new Int16Array(CONCEPTS_MAX);
  /** Number of the word at which each was found, and whether that word opens a sentence. */
  readonly places = new Int16Array(CONCEPTS_MAX);
  readonly opening = new Uint8Array(CONCEPTS_MAX);
  count = 0;
  private word = 0;
  private open = new Int32Array(OPEN_MAX);
  private opened = 0;
  private next = new Int32Array(OPEN_MAX);
  private nextOpened = 0;
  private readonly lexicon: Lexicon;

  constructor(lexicon: Lexicon) {
    this.lexicon = lexicon;
  }

  start(): void {
    this.count = 0;
    this.word = 0;
    this.opened = 0;
  }

  /** Takes the reader's present word. */
  take(reader: Reader): void {
    if (reader.apart) this.opened = 0;
    this.nextOpened = 0;
    if (reader.kind === KIND.ideograph) this.whole(wholePart(reader.hash), reader);
    else if (reader.kind === KIND.letter) this.takeWord(reader);
    [this.open, this.next] = [this.next, this.open];
    this.opened = this.nextOpened;
    this.word += 1;
  }

  private takeWord(reader: Reader): void {
    this.whole(wholePart(reader.hash), reader);
    const { prefixes, stemLeast } = reader;
    const { table } = this.lexicon;
    let longest = true;
    for (let length = Math.min(reader.length, STEM_MOST); length >= stemLeast; length -= 1) {
      const stem = stemPart(prefixes[length] ?? 0);
      // Of stems that stand alone the longest counts.
      if (table.mayHold(finish(stem)) && this.from(stem, reader, longest)) longest = false;
      for (let index = 0; index < this.opened; index += 1)
        this.from(chained(this.open[index] ?? 0, stem), reader, true);
    }
  }

  /** A whole word, or an ideograph, begins a form and carries on those that are open. */
  private whole(part: number, reader: Reader): void {
    this.from(part, reader, true);
    for (let index = 0; index < this.opened; index += 1)
      this.from(chained(this.open[index] ?? 0, part), reader, true);
  }

  /** Takes note of a chain of parts, if it is a form or the beginning of one; true when it is a form. */
  private from(chain: number, reader: Reader, emit: boolean): boolean {
    const place = this.lexicon.table.find(finish(chain));
    if (place < 0) return false;
    const meaning = this.lexicon.meanings[place];
    if (meaning === undefined) return false;
    if (meaning.more && this.nextOpened < OPEN_MAX) {
      this.next[this.nextOpened] = chain;
      this.nextOpened += 1;
    }
    if (meaning.first < 0) return false;
    if (emit) {
      this.add(meaning.first, reader.opens);
      if (meaning.second >= 0) this.add(meaning.second, reader.opens);
    }
    return true;
  }

  private add(concept: number, opens: boolean): void {
    if (this.count >= CONCEPTS_MAX) return;
    this.concepts[this.count] = concept;
    this.places[this.count] = this.word;
    this.opening[this.count] = opens ? 1 : 0;
    this.count += 1;
  }
}
