/** What a text looks like, whatever its words: questions, numbers, code, options, length. */
import type { Words } from "./words.ts";

export type Structure = {
  readonly words: number;
  readonly asksQuestion: boolean;
  /** Words beside the question that stands at either end: what it may be asked about. */
  readonly wordsBesideQuestion: number;
  readonly numbers: number;
  /** Digits joined by an operator, or LaTeX. */
  readonly hasFormula: boolean;
  readonly hasFence: boolean;
  /** Share of brackets, semicolons and the like among all characters. */
  readonly codeShare: number;
  readonly options: number;
};

const FORMULA =
  /\d\s?[+*^=×÷]\s?[\d(x]|[a-z]\s?[=^]\s?-?\d|\\(?:frac|sqrt|sum|int|cdot|angle|overline|le|ge|pi|text)\b|\$[a-z\\(][^$\n]{0,80}\$/;
const OPTION = /^\s?[([]?[A-Ea-e1-5][).:]\s/gm;
const CODE_MARKS = new Set("{};()=<>[]_".split("").map((mark) => mark.charCodeAt(0)));
const GREEK = /[\u0370-\u03ff]/;
const QUESTION_MARKS = ["?", "？", "؟"];
/** How near either end of the text a question mark must stand, in characters. */
const QUESTION_REACH = 300;
const SENTENCE_ENDS = [". ", "! ", "? ", "\n", ": ", "。"];
const CHARACTERS_PER_WORD = 5.5;
/** Scripts without spaces: this many characters count as a word. */
const UNSPACED = /[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]/g;
const UNSPACED_PER_WORD = 2;
const NUMBER_WORDS = new Set(
  "two three four five six seven eight nine ten twelve deux trois quatre cinq six sept huit neuf dix douze vingt trente".split(
    " ",
  ),
);

/** The span of the question at the text's end, else at its head, else null. */
function questionSpan(text: string): { start: number; end: number } | null {
  let last = -1;
  let first = text.length;
  const marks = GREEK.test(text) ? [...QUESTION_MARKS, ";"] : QUESTION_MARKS;
  for (const mark of marks) {
    last = Math.max(last, text.lastIndexOf(mark));
    const found = text.indexOf(mark);
    if (found >= 0) first = Math.min(first, found);
  }
  const end = text.length - last <= QUESTION_REACH ? last : first <= QUESTION_REACH ? first : -1;
  if (end < 0) return null;
  const before = text.slice(Math.max(0, end - QUESTION_REACH), end);
  const start = Math.max(...SENTENCE_ENDS.map((mark) => before.lastIndexOf(mark) + 1));
  return { start: end - before.length + start, end };
}

/** Measures the text; `words` are those of the same text. */
export function structureOf(text: string, words: Words): Structure {
  let codeMarks = 0;
  for (let index = 0; index < text.length; index += 1)
    if (CODE_MARKS.has(text.charCodeAt(index))) codeMarks += 1;
  let numbers = 0;
  for (const word of words.list) {
    const first = word.charCodeAt(0);
    if ((first >= 48 && first <= 57) || NUMBER_WORDS.has(word)) numbers += 1;
  }
  const unspaced = text.match(UNSPACED)?.length ?? 0;
  const count = words.list.length + Math.floor(unspaced / UNSPACED_PER_WORD);
  const span = questionSpan(text);
  const share = span === null ? 0 : 1 - (span.end - span.start) / Math.max(1, text.length);
  return {
    words: count,
    asksQuestion: span !== null && count > 0,
    wordsBesideQuestion:
      unspaced > 0 ? Math.round(share * count) : Math.round((share * text.length) / CHARACTERS_PER_WORD),
    numbers,
    hasFormula: FORMULA.test(text),
    hasFence: text.includes("```"),
    codeShare: text.length === 0 ? 0 : codeMarks / text.length,
    options: text.match(OPTION)?.length ?? 0,
  };
}
