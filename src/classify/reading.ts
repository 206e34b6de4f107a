/** Reads a stretch of text word by word: each word's hash and those of its beginnings, without building a string. */
import { KIND, endsSentence, foldOf, kindOf } from "./characters.ts";
import { SEED, mix } from "./hashing.ts";

const PREFIXES = 16;
/** From here on scripts write numbers and the words after them in one. */
const FIRST_UNSPACED = 0x370;
/** Longer words are read to here; what follows tells nothing. */
const WORD_MAX = 40;

/** One reader is used again and again: what it holds is valid until the next `next`. */
export class Reader {
  private text = "";
  private at = 0;
  private end = 0;
  private sentenceEnded = true;

  /** Of the word or ideograph that was read last. */
  hash = 0;
  length = 0;
  kind: number = KIND.other;
  /** True when it is the first after a sentence's end. */
  opens = false;
  /** True when something stood between it and the one before: no phrase reaches over it. */
  apart = false;
  /** Letters that a stem of this word has at least. */
  stemLeast = 3;
  /** Of digits, what they say; of "3rd" 3. */
  number = 0;
  readonly prefixes = new Int32Array(PREFIXES + 1);
  /** Hash of the last three letters. */
  suffix = 0;

  start(text: string, from: number, end: number): void {
    [this.text, this.at, this.end] = [text, from, end];
    this.sentenceEnded = true;
  }

  /** False at the end of the stretch. */
  next(): boolean {
    this.apart = false;
    for (; this.at < this.end; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      const kind = kindOf(code);
      if (kind === KIND.letter || kind === KIND.digit || kind === KIND.ideograph) {
        this.opens = this.sentenceEnded;
        this.sentenceEnded = false;
        if (kind === KIND.ideograph) this.readIdeograph(code);
        else this.readWord(kind);
        return true;
      }
      if (endsSentence(code)) {
        this.sentenceEnded = true;
        this.apart = true;
      }
    }
    return false;
  }

  private readIdeograph(code: number): void {
    this.hash = mix(SEED, foldOf(code));
    this.length = 1;
    this.kind = KIND.ideograph;
    this.at += 1;
  }

  private readWord(kind: number): void {
    let [hash, length] = [SEED, 0];
    let [first, second, third] = [0, 0, 0];
    this.number = 0;
    this.stemLeast = this.text.charCodeAt(this.at) < FIRST_UNSPACED ? 3 : 2;
    for (; this.at < this.end; this.at += 1) {
      const code = this.text.charCodeAt(this.at);
      const next = kindOf(code);
      if (next === KIND.mark) continue;
      if (next !== KIND.letter && next !== KIND.digit) break;
      // "3rd" is a word; "200자" is a number and a unit.
      if (length > 0 && next !== kind && code >= FIRST_UNSPACED) break;
      if (length >= WORD_MAX) continue;
      const folded = foldOf(code);
      if (next === KIND.digit) this.number = this.number * 10 + (folded & 0xf);
      hash = mix(hash, folded);
      length += 1;
      if (length <= PREFIXES) this.prefixes[length] = hash;
      [first, second, third] = [second, third, folded];
    }
    // Numbers differ too much to be learned one by one: how long they are is what they have in common.
    this.hash = kind === KIND.digit ? mix(mix(SEED, 0x30), Math.min(length, 5)) : hash;
    this.suffix = mix(mix(mix(SEED, first), second), third);
    this.length = length;
    this.kind = kind;
  }
}
