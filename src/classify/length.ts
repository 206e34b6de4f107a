/** How long the answer will be: what the prompt says, else what the task and the given text suggest. */
import type { Task, Traits } from "../domain/traits.ts";
import { tokensOfText } from "./tokens.ts";

/** Median and 90th percentile of answer tokens by task, after the chat models' answers in output_length.jsonl. */
const TYPICAL: Readonly<Record<Task, readonly [p50: number, p90: number]>> = {
  classification: [4, 12],
  extraction: [60, 220],
  summarization: [90, 260],
  translation: [40, 160],
  rewriting: [60, 240],
  closed_qa: [40, 160],
  open_qa: [180, 480],
  brainstorming: [320, 750],
  generation: [420, 1_100],
  code: [400, 1_200],
  reasoning: [220, 750],
  chat: [60, 200],
};

const TOKENS_PER_WORD = 1.35;
const TOKENS_PER = {
  sentence: 25,
  paragraph: 110,
  page: 650,
  line: 14,
  point: 30,
  stanza: 45,
  chapter: 2_500,
} as const;
const OUTPUT_TOKENS_MAX = 32_000;

type Unit = keyof typeof TOKENS_PER | "word";
const UNITS: readonly (readonly [Unit, RegExp])[] = [
  ["word", /^(?:words?|mots?)$/],
  ["sentence", /^(?:sentences?|phrases?)$/],
  ["paragraph", /^(?:paragraphs?|paragraphes?)$/],
  ["page", /^pages?$/],
  ["line", /^(?:lines?|lignes?|verses|vers)$/],
  [
    "point",
    /^(?:points?|bullets?|ideas|idees|items|tips|conseils|examples|exemples|reasons|raisons|names|noms|steps|etapes|suggestions|titles|titres)$/,
  ],
  ["stanza", /^(?:stanzas?|strophes?)$/],
  ["chapter", /^(?:chapters?|chapitres?)$/],
];
const NUMBER_WORDS: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  twenty: 20,
  un: 1,
  une: 1,
  deux: 2,
  trois: 3,
  quatre: 4,
  cinq: 5,
  sept: 7,
  huit: 8,
  neuf: 9,
  dix: 10,
  douze: 12,
  vingt: 20,
};
/** Words between a number and its unit: "five short bullet points". */
const UNIT_REACH = 3;

/** Answer tokens that the prompt's own words name (`500 words`, `trois phrases`); null when it names none. */
function namedTokens(words: readonly string[]): number | null {
  let most: number | null = null;
  for (const [at, word] of words.entries()) {
    const count = numberAt(words, at, word);
    if (count === null || count === 0) continue;
    const unit = unitAfter(words, at);
    if (unit !== null)
      most = Math.max(most ?? 0, count * (unit === "word" ? TOKENS_PER_WORD : TOKENS_PER[unit]));
  }
  return most;
}

/** "2,000" is cut at its comma: the three digits take the thousands before them along. */
function numberAt(words: readonly string[], at: number, word: string): number | null {
  const code = word.charCodeAt(0);
  if (code < 48 || code > 57) return Object.hasOwn(NUMBER_WORDS, word) ? (NUMBER_WORDS[word] ?? null) : null;
  if (!/^\d{1,5}$/.test(word)) return null;
  const before = words[at - 1] ?? "";
  return Number(word.length === 3 && /^\d{1,2}$/.test(before) ? before + word : word);
}

function unitAfter(words: readonly string[], at: number): Unit | null {
  for (let reach = 1; reach <= UNIT_REACH; reach += 1) {
    const word = words[at + reach];
    if (word === undefined) return null;
    const found = UNITS.find(([, pattern]) => pattern.test(word));
    if (found !== undefined) return found[0];
  }
  return null;
}

/** Share of the given text that the answer repeats. */
const ECHO: Partial<Readonly<Record<Task, number>>> = {
  translation: 1.1,
  rewriting: 1,
  summarization: 0.15,
  extraction: 0.12,
};

export type LengthCues = {
  readonly task: Task;
  readonly text: string;
  readonly words: readonly string[];
  readonly long: number;
  readonly brief: number;
  /** The client's cap; null when it set none. */
  readonly capTokens: number | null;
};

/** Whole tokens, 1 at least, p50 never over p90. */
export function outputTokens(cues: LengthCues): Traits["outputTokens"] {
  const named = cues.task === "classification" ? null : namedTokens(cues.words);
  const [p50, p90] = named === null ? expected(cues) : [named, named * 1.6];
  const cap = cues.capTokens ?? OUTPUT_TOKENS_MAX;
  const bound = (tokens: number) => Math.max(1, Math.min(cap, OUTPUT_TOKENS_MAX, Math.round(tokens)));
  return { p50: bound(p50), p90: bound(p90) };
}

function expected({ task, text, long, brief }: LengthCues): readonly [number, number] {
  const [p50, p90] = TYPICAL[task];
  const share = ECHO[task];
  const base = share === undefined ? p50 : Math.max(p50 / 3, tokensOfText(text) * share);
  const stretch = p90 / p50;
  if (task === "classification") return [p50, p90];
  if (long > 0 && share === undefined) return [base * 2.6, base * stretch * 2.2];
  if (brief > 0) return [Math.min(base, 60) * 0.6, Math.min(base * stretch, 220)];
  return [base, base * stretch];
}
