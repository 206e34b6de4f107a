/** What an ask spells out: "in 50 words", "trois phrases", "5 ideas". */
import { KIND } from "./characters.ts";
import { Finder, type Lexicon } from "./lexicon.ts";
import { Reader } from "./reading.ts";

/** Tokens of one counted unit, by its concept. */
const UNIT_TOKENS: Readonly<Record<string, number>> = {
  unit_words: 1.5,
  unit_sentences: 26,
  unit_lines: 13,
  unit_paragraphs: 110,
  unit_pages: 650,
  unit_items: 30,
  unit_characters: 0.35,
};
/** "In one word", "en une phrase": a count without a number. */
export const NAMED_COUNTS = { one_word: 3, one_sentence: 26 } as const;
/** Concepts of number words say their number. */
const NUMBER = "number_";
const COUNT_MAX = 20_000;
const TOKENS_MAX = 40_000;
/** A unit stands this many words after its number, at most: "10 short ideas". */
const REACH = 2;
const READ_MAX = 400;

/** Reads an ask's opening and close for a number with a unit; the largest counts. */
export class Counter {
  private readonly reader = new Reader();
  private readonly finder: Finder;
  private readonly concepts: readonly string[];
  private readonly numbers: ReadonlySet<number>;
  private readonly units: ReadonlySet<number>;

  constructor(lexicon: Lexicon, concepts: readonly string[]) {
    this.finder = new Finder(lexicon);
    this.concepts = concepts;
    this.units = new Set([...concepts.keys()].filter((at) => (concepts[at] ?? "") in UNIT_TOKENS));
    this.numbers = new Set([...concepts.keys()].filter((at) => (concepts[at] ?? "").startsWith(NUMBER)));
  }

  /** True for a concept that is a number word. */
  isNumber(concept: number): boolean {
    return this.numbers.has(concept);
  }

  /** True for a concept that is a unit of length. */
  isUnit(concept: number): boolean {
    return this.units.has(concept);
  }

  /** Tokens that a number with its unit stands for, or null. */
  countedIn(text: string): number | null {
    const { reader, finder } = this;
    reader.start(text, 0, Math.min(text.length, READ_MAX));
    finder.start();
    let [count, age, largest] = [0, REACH + 1, 0];
    let seen = 0;
    while (reader.next()) {
      age += 1;
      // A number that ends its sentence counts nothing in the next one.
      if (reader.opens) count = 0;
      if (reader.kind === KIND.digit) {
        const value = reader.number;
        // "2,000" and "2 000" arrive as two.
        count = age === 1 && count > 0 && count < 100 && reader.length === 3 ? count * 1000 + value : value;
        age = 0;
      }
      finder.take(reader);
      for (; seen < finder.count; seen += 1) {
        const name = this.concepts[finder.concepts[seen] ?? -1] ?? "";
        if (name.startsWith(NUMBER)) [count, age] = [Number(name.slice(NUMBER.length)), 0];
        const unit = UNIT_TOKENS[name];
        if (
          unit !== undefined &&
          age <= REACH &&
          count > 0 &&
          count <= COUNT_MAX &&
          count * unit <= TOKENS_MAX
        )
          largest = Math.max(largest, count * unit);
      }
    }
    return largest > 0 ? largest : null;
  }
}
