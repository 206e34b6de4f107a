/** What a text looks like, whatever its words: questions, numbers, code, options, length. */
import type { Words } from "./words.ts";

export type Structure = {
  readonly words: number;
  readonly asksQuestion: boolean;
  readonly numbers: number;
  /** Digits joined by an operator, or LaTeX. */
  readonly hasFormula: boolean;
  readonly hasFence: boolean;
  /** Share of brackets, semicolons and the like among all characters. */
  readonly codeShare: number;
  readonly options: number;
};

const FORMULA =
  /\d\s?[+*/^=×÷]\s?[\d(x]|[a-z]\s?[=^]\s?-?\d|\\(?:frac|sqrt|sum|int|cdot|angle|overline|le|ge|pi|text)\b|\$[^$\n]{1,80}\$/;
const OPTION = /^\s?[([]?[A-Ea-e1-5][).:]\s/gm;
const CODE_MARKS = new Set("{};()=<>[]_".split("").map((mark) => mark.charCodeAt(0)));
const QUESTION_MARKS = new Set("?？؟՞;".split("").slice(0, 4));
const NUMBER_WORDS = new Set(
  "two three four five six seven eight nine ten twelve deux trois quatre cinq six sept huit neuf dix douze vingt trente".split(
    " ",
  ),
);

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
  let asksQuestion = false;
  for (const mark of QUESTION_MARKS) if (text.includes(mark)) asksQuestion = true;
  return {
    words: words.list.length,
    asksQuestion,
    numbers,
    hasFormula: FORMULA.test(text),
    hasFence: text.includes("```"),
    codeShare: text.length === 0 ? 0 : codeMarks / text.length,
    options: text.match(OPTION)?.length ?? 0,
  };
}
