/** What a text looks like, whatever its words: one pass over at most `SCANNED` characters, as buckets and flags. */
import type { Vector } from "./vector.ts";
import { type Zones, hasPaste } from "./zones.ts";

const SCANNED = 1_500;
/** Rows that shapes take up, before those of words. */
export const SHAPE_ROWS = 320;

export type Shape = {
  readonly digits: number;
  readonly numbers: number;
  readonly codeMarks: number;
  readonly mathMarks: number;
  readonly newlines: number;
  readonly questions: number;
  readonly bullets: number;
  readonly pipes: number;
  readonly quotes: number;
  readonly commas: number;
  readonly capitals: number;
  readonly letters: number;
  readonly scanned: number;
  /** 0 Latin and the rest, 1 Han and kana, 2 Hangul, 3 Cyrillic, 4 Arabic, 5 Devanagari. */
  readonly script: number;
};

const CODE_MARKS = new Set("{};=<>[]_()".split("").map((mark) => mark.charCodeAt(0)));
const MATH_MARKS = new Set("+=^%×÷√".split("").map((mark) => mark.charCodeAt(0)));
const QUESTIONS = new Set([0x3f, 0xff1f, 0x61f]);
const BULLETS = new Set([0x2d, 0x2a, 0x2022]);
const QUOTES = new Set([0x22, 0xab, 0x201c, 0x201e, 0x300c, 0x2018]);
const COMMAS = new Set([0x2c, 0x3001, 0xff0c, 0x60c]);

const scriptAt = (code: number): number => {
  if (code >= 0x3040) return code <= 0x9fff ? 1 : code >= 0xac00 && code <= 0xd7af ? 2 : 0;
  if (code < 0x400) return 0;
  if (code <= 0x52f) return 3;
  if (code >= 0x600 && code <= 0x6ff) return 4;
  return code >= 0x900 && code <= 0x97f ? 5 : 0;
};

const SCRIPT_LEAST = 3;

export function shapeOf(text: string): Shape {
  const scripts = [0, 0, 0, 0, 0, 0];
  const shape = { digits: 0, numbers: 0, codeMarks: 0, mathMarks: 0, newlines: 0, questions: 0, bullets: 0 };
  const more = { pipes: 0, quotes: 0, commas: 0, capitals: 0, letters: 0 };
  const scanned = Math.min(text.length, SCANNED);
  let [inNumber, lineOpens] = [false, true];
  for (let index = 0; index < scanned; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x400) {
      const script = scriptAt(code);
      if (script > 0) scripts[script] = (scripts[script] ?? 0) + 1;
    }
    const digit = code >= 48 && code <= 57;
    if (digit) {
      shape.digits += 1;
      if (!inNumber) shape.numbers += 1;
    }
    inNumber = digit;
    if (code === 10) {
      shape.newlines += 1;
      lineOpens = true;
      continue;
    }
    if ((code >= 97 && code <= 122) || code === 32) {
      if (code !== 32) {
        more.letters += 1;
        lineOpens = false;
      }
      continue;
    }
    if (lineOpens && BULLETS.has(code)) shape.bullets += 1;
    lineOpens = false;
    if (code >= 65 && code <= 90) more.capitals += 1;
    else if (CODE_MARKS.has(code)) shape.codeMarks += 1;
    else if (QUESTIONS.has(code)) shape.questions += 1;
    else if (COMMAS.has(code)) more.commas += 1;
    else if (QUOTES.has(code)) more.quotes += 1;
    else if (code === 124) more.pipes += 1;
    if (MATH_MARKS.has(code)) shape.mathMarks += 1;
  }
  const script = scripts.findIndex((count, at) => at > 0 && count > SCRIPT_LEAST);
  return { ...shape, ...more, scanned, script: Math.max(0, script) };
}

const log2 = (value: number, most: number): number => Math.min(most, Math.floor(Math.log2(value + 1)));

export type ShapeFacts = {
  readonly headWords: number;
  readonly hasTools: boolean;
  readonly wantsJson: boolean;
};

const CODE_TALK =
  /[a-z]\([^)]*\)\s?[{;:]|=>|\bdef |\bfunction\b|\bimport |#include|SELECT |;\n|\bclass |console\.|\$ /;
const OPTION = /(^|\n)\s?[([]?[A-Da-d1-4][).:]\s/;
const WEB = /https?:\/\//;

const asks = (text: string): boolean => /[?？؟]/.test(text);

/** Puts the shape into the vector, each feature at `value`; rows 0 to SHAPE_ROWS - 1. */
export function addShape(vector: Vector, zones: Zones, facts: ShapeFacts, value: number): Shape {
  const { ask, headEnd, tailStart } = zones;
  const shape = shapeOf(ask);
  let row = 0;
  const bucket = (size: number, place: number) => {
    vector.put(row + Math.max(0, Math.min(size - 1, place)), value);
    row += size;
  };
  const flag = (on: boolean) => {
    if (on) vector.put(row, value);
    row += 1;
  };
  const pastes = hasPaste(zones);
  const share = (count: number) => count / Math.max(1, shape.scanned);
  const headAsks = asks(ask.slice(0, headEnd));
  const tailAsks = asks(ask.slice(Math.max(headEnd, ask.length - 200)));
  const anyAsks = headAsks || tailAsks;
  const lastMark = ask.at(-1) ?? "";
  bucket(14, log2(zones.askLength, 13));
  bucket(9, log2(facts.headWords, 8));
  bucket(8, log2(shape.newlines, 7));
  bucket(12, pastes ? 1 + log2(tailStart - headEnd, 10) : 0);
  bucket(6, shape.digits === 0 ? 0 : 1 + Math.min(4, Math.floor(share(shape.digits) * 20)));
  bucket(6, shape.numbers);
  bucket(6, Math.floor(share(shape.codeMarks) * 60));
  bucket(4, shape.mathMarks);
  bucket(4, shape.questions);
  bucket(4, shape.bullets);
  bucket(3, shape.quotes);
  bucket(4, Math.floor(shape.commas / 2));
  flag(asks(lastMark));
  flag(headAsks);
  flag(tailAsks && tailStart > headEnd);
  flag(headAsks && pastes);
  flag(tailAsks && pastes);
  flag(headAsks && !pastes);
  flag(headEnd < ask.length && /[:：]/.test(ask.slice(Math.max(0, headEnd - 1), headEnd)));
  flag(/[:：]/.test(lastMark));
  flag(shape.pipes > 3);
  flag(ask.includes("```"));
  flag(WEB.test(ask.slice(0, 600)));
  flag(ask.includes("<") && ask.includes("</"));
  flag(OPTION.test(ask.slice(0, 800)));
  flag(CODE_TALK.test(ask.slice(0, 1000)));
  flag(shape.capitals > 5 && shape.letters === 0);
  bucket(5, zones.turns);
  flag(zones.turns > 0 && ask.length < 40);
  flag(zones.turns > 0 && ask.length >= 40);
  flag(zones.previousAnswerLength > 400);
  flag(zones.previousAnswer.includes("```"));
  flag(zones.toolResults > 0);
  flag(facts.hasTools);
  flag(facts.wantsJson);
  bucket(8, zones.systemLength === 0 ? 0 : 1 + Math.min(6, log2(zones.systemLength / 20, 6)));
  bucket(6, shape.script);
  bucket(24, shape.script * 4 + (anyAsks ? 2 : 0) + (pastes ? 1 : 0));
  bucket(18, log2(facts.headWords, 8) * 2 + (pastes ? 1 : 0));
  bucket(18, log2(facts.headWords, 8) * 2 + (anyAsks ? 1 : 0));
  flag(true);
  return shape;
}
