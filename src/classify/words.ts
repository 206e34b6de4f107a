/** Cuts text into plain lower-case words, each with what its place says: opens a sentence, or is quoted. */

export type Words = {
  readonly list: readonly string[];
  /** True where a sentence, line or clause after a colon opens. */
  readonly opens: readonly boolean[];
  /** True inside quotes or a code fence: likely somebody else's words. */
  readonly quoted: readonly boolean[];
};

const MARKS = /[\u0300-\u036f]/g;
const NON_ASCII = /[\u0080-\uffff]/;
const CODE = { newline: 10, quote: 34, hash: 35, plus: 43, backtick: 96 } as const;
const SENTENCE_ENDS = new Set([10, 33, 46, 58, 59, 63, 0x2026, 0x3002, 0xff1a, 0xff1f]);
const QUOTE_OPENS = new Set([0xab, 0x201c, 0x201e]);
const QUOTE_CLOSES = new Set([0xbb, 0x201d]);

/** Lower case without accents, so that hurried typing matches the same cues. */
export const plain = (text: string): string => {
  const lower = text.toLowerCase();
  if (!NON_ASCII.test(lower)) return lower;
  return lower.normalize("NFD").replace(MARKS, "").replaceAll("œ", "oe");
};

const isWordCode = (code: number) => {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
  if (code < 0xc0 || code === 0xd7 || code === 0xf7) return false;
  if (code >= 0x2000 && code <= 0x2bff) return false;
  if (code >= 0x3000 && code <= 0x303f) return false;
  return !(code >= 0xff00 && code <= 0xff20);
};

/** Polite openings after which the sentence's own verb still counts as its first word. */
const LEAD_INS = new Set(
  (
    "please kindly can could would will you me i want need like to id d the so ok okay now then help hey hi hello and also just lets let us " +
    "s il te vous plait stp svp merci de peux pouvez pourrais pourriez tu veux voudrais aimerais j je aide moi a veuillez bonjour salut alors et"
  ).split(" "),
);

/** How a run of lead-in words may carry the opening on, at most. */
const LEAD_IN_LIMIT = 7;

/** The words of text that has already been through `plain`. */
export function wordsOf(text: string): Words {
  const list: string[] = [];
  const opens: boolean[] = [];
  const quoted: boolean[] = [];
  let opening = true;
  let leadIns = 0;
  let inQuote = false;
  let inFence = false;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (isWordCode(code)) {
      const start = index;
      while (index < text.length && isWordCode(text.charCodeAt(index))) index += 1;
      if (index - start === 1) {
        while (text.charCodeAt(index) === CODE.plus || text.charCodeAt(index) === CODE.hash) index += 1;
      }
      const word = text.slice(start, index);
      list.push(word);
      opens.push(opening);
      quoted.push(inQuote || inFence);
      leadIns = opening && LEAD_INS.has(word) ? leadIns + 1 : LEAD_IN_LIMIT;
      opening = leadIns < LEAD_IN_LIMIT;
      continue;
    }
    if (SENTENCE_ENDS.has(code)) {
      opening = true;
      leadIns = 0;
      // An apostrophe typed as a quote would otherwise mute the rest of the text.
      if (code === CODE.newline) inQuote = false;
    } else if (code === CODE.quote) inQuote = !inQuote;
    else if (QUOTE_OPENS.has(code)) inQuote = true;
    else if (QUOTE_CLOSES.has(code)) inQuote = false;
    else if (code === CODE.backtick && text.startsWith("```", index)) {
      inFence = !inFence;
      index += 2;
    }
    index += 1;
  }
  return { list, opens, quoted };
}
