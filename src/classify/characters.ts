/** What a UTF-16 code is in running text, and the code that it is read as: lower case, without accents. */

export const KIND = { other: 0, letter: 1, digit: 2, ideograph: 3, mark: 4 } as const;

const FOLDED = new Uint16Array(0x10000);
const KINDS = new Uint8Array(0x10000);

type Range = readonly [from: number, to: number];
/** Alphabets and syllabaries whose words stand apart: everything above Latin that is none of the others below. */
const LETTERS: readonly Range[] = [
  [0x61, 0x7a],
  [0xaa, 0xaa],
  [0xb5, 0xb5],
  [0xba, 0xba],
  [0xc0, 0x2ff],
  [0x370, 0x1fff],
  [0x3131, 0x318e],
  [0x2c00, 0x2fef],
  [0xa000, 0xd7ff],
  [0xf900, 0xfdff],
  [0xfe70, 0xfeff],
  [0xff66, 0xffdc],
];
/** Written without spaces. */
const IDEOGRAPHS: readonly Range[] = [
  [0xe01, 0xe3a],
  [0xe40, 0xe4e],
  [0x3041, 0x30ff],
  [0x3400, 0x9fff],
];
/** Combining accents, Arabic and Hebrew vowels, joiners: a word with them is the word without. */
const MARKS: readonly Range[] = [
  [0xad, 0xad],
  [0x300, 0x36f],
  [0x591, 0x5c7],
  [0x610, 0x61a],
  [0x640, 0x640],
  [0x64b, 0x65f],
  [0x670, 0x670],
  [0x200b, 0x200f],
  [0xfe00, 0xfe0f],
];
const OTHERS: readonly Range[] = [
  [0xd7, 0xd7],
  [0xf7, 0xf7],
  [0x37e, 0x37e],
  [0x387, 0x387],
  [0x55a, 0x55f],
  [0x589, 0x590],
  [0x60c, 0x60d],
  [0x61b, 0x61f],
  [0x66a, 0x66d],
  [0x6d4, 0x6d4],
  [0x964, 0x965],
  [0x30fb, 0x30fb],
];
const DIGITS: readonly Range[] = [
  [0x30, 0x39],
  [0x660, 0x669],
  [0x6f0, 0x6f9],
  [0x966, 0x96f],
  [0xff10, 0xff19],
];
/** Letters that do not decompose, and spellings that hurried typing mixes up. */
const SAME: Readonly<Record<string, string>> = {
  ß: "s", ł: "l", ø: "o", æ: "a", œ: "o", đ: "d", ı: "i", þ: "t", ð: "d", ё: "е", أ: "ا", إ: "ا", آ: "ا", ى: "ي", ئ: "ي", ؤ: "و", ة: "ه",
}; // prettier-ignore

const paint = (ranges: readonly Range[], kind: number) => {
  for (const [from, to] of ranges) KINDS.fill(kind, from, to + 1);
};
paint(LETTERS, KIND.letter);
paint(IDEOGRAPHS, KIND.ideograph);
paint(OTHERS, KIND.other);
paint(MARKS, KIND.mark);
paint(DIGITS, KIND.digit);
KINDS.fill(KIND.letter, 0x41, 0x5b);

/** Cyrillic's short i decomposes, but is a letter of its own. */
const SHORT_I: ReadonlySet<number> = new Set([0x419, 0x439]);
const ACCENT = /[\u0300-\u036f]/g;
for (let code = 0; code < FOLDED.length; code += 1) FOLDED[code] = code;
/** Latin, Greek and Cyrillic fold one by one; elsewhere there is no case. */
for (const [from, to] of [
  [0x41, 0x5a],
  [0xc0, 0x24f],
  [0x386, 0x52f],
  [0x1e00, 0x1eff],
] as const) {
  for (let code = from; code <= to; code += 1) {
    const lower = String.fromCharCode(code).toLowerCase();
    const bare = SHORT_I.has(code) ? lower : lower.normalize("NFD").replace(ACCENT, "");
    FOLDED[code] = bare.charCodeAt(0);
  }
}
for (let code = 0xff01; code <= 0xff5e; code += 1) FOLDED[code] = FOLDED[code - 0xfee0] ?? code - 0xfee0;
for (const [from, to] of Object.entries(SAME)) {
  FOLDED[from.charCodeAt(0)] = to.charCodeAt(0);
  FOLDED[from.toUpperCase().charCodeAt(0)] = to.charCodeAt(0);
}

export const foldOf = (code: number): number => FOLDED[code] ?? code;
export const kindOf = (code: number): number => KINDS[code] ?? KIND.other;

const ENDS = new Set([
  10, 33, 46, 58, 59, 63, 0x2026, 0x3002, 0xff01, 0xff1a, 0xff1b, 0xff1f, 0x61f, 0x964, 0xbf,
]);
/** True where a sentence, a line or what stands before a colon ends. */
export const endsSentence = (code: number): boolean => ENDS.has(code);
