/** Expected answer length in tokens. */
import type { Task, Traits } from "../domain/traits.ts";
import type { Words } from "./words.ts";

type Length = Traits["outputTokens"];

export type LengthFacts = {
  readonly task: Task;
  readonly words: Words;
  /** Tokens of the text to work on. */
  readonly textTokens: number;
  readonly long: boolean;
  readonly brief: boolean;
  readonly reasons: boolean;
  /** Sum of the hard cues' weights: proofs and large programs run long. */
  readonly hard: number;
  readonly jsonSchema: boolean;
  readonly known: boolean;
};

/** Medians and 90th percentiles of chat models' answers. */
const TASK_LENGTH: Readonly<Record<Task, Length>> = {
  classification: { p50: 4, p90: 16 },
  extraction: { p50: 50, p90: 200 },
  summarization: { p50: 100, p90: 300 },
  translation: { p50: 40, p90: 120 },
  rewriting: { p50: 60, p90: 180 },
  closed_qa: { p50: 30, p90: 150 },
  open_qa: { p50: 260, p90: 600 },
  brainstorming: { p50: 350, p90: 800 },
  generation: { p50: 400, p90: 900 },
  code: { p50: 350, p90: 1000 },
  reasoning: { p50: 250, p90: 800 },
  chat: { p50: 60, p90: 200 },
};
const UNKNOWN_LENGTH: Length = { p50: 200, p90: 800 };

/** Answers that grow with the text they are made from: a share of it, and bounds in tokens. */
const BY_TEXT: Partial<Record<Task, { share: number; least: number; most: number }>> = {
  summarization: { share: 0.2, least: 30, most: 500 },
  translation: { share: 1.05, least: 8, most: 100_000 },
  rewriting: { share: 1.05, least: 15, most: 100_000 },
  extraction: { share: 0.2, least: 25, most: 2000 },
};

/** Usual tokens of a piece of writing, singular, without accents. */
const PIECE_LENGTH = new Map(Object.entries({
  haiku: 25, slogan: 20, tagline: 20, title: 15, titre: 15, headline: 20, tweet: 50, caption: 40, joke: 50, blague: 50, sentence: 30,
  phrase: 30, question: 30, limerick: 60, paragraph: 120, paragraphe: 120, invitation: 150, message: 100, announcement: 180, annonce: 180,
  poem: 200, poeme: 200, sonnet: 180, email: 220, mail: 220, courriel: 220, song: 350, chanson: 350, letter: 380, lettre: 380, description: 220,
  linkedin: 250, speech: 650, discours: 650, story: 700, histoire: 700, tale: 700, conte: 700, essay: 900, essai: 900, dissertation: 1200,
  article: 900, blog: 900, newsletter: 600, script: 800, scenario: 900, chapter: 1800, chapitre: 1800, novel: 2500, roman: 2500, report: 1300,
  rapport: 1300, whitepaper: 2000, proposal: 1100, guide: 1200, tutorial: 1200, tutoriel: 1200, documentation: 1200, design: 1100, contract: 1500,
  contrat: 1500, cahier: 1800, business: 1500,
})); // prettier-ignore

/** Tokens of one counted unit, by the beginning of its name. */
const UNITS: readonly (readonly [string, number])[] = [
  ["word", 1.35], ["mots", 1.6], ["sentence", 25], ["phrases", 28], ["paragraph", 120], ["page", 650], ["line", 12], ["ligne", 14], ["vers", 12],
  ["bullet", 30], ["puce", 32], ["idea", 35], ["idee", 38], ["item", 25], ["example", 40], ["exemple", 44], ["reason", 45], ["raison", 48], ["tip", 40],
  ["conseil", 45], ["suggestion", 40], ["way", 40], ["facon", 45], ["name", 6], ["nom", 7], ["slogan", 15], ["title", 14], ["titre", 15], ["token", 1],
  ["step", 40], ["etape", 45], ["stanza", 45], ["strophe", 50], ["chapter", 1200], ["chapitre", 1300], ["question", 30], ["point", 30],
]; // prettier-ignore

const COUNT_WORDS = new Map(Object.entries({
  one: 1, single: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, twelve: 12, twenty: 20, un: 1, une: 1,
  deux: 2, trois: 3, quatre: 4, cinq: 5, sept: 7, huit: 8, neuf: 9, dix: 10, douze: 12, quinze: 15, vingt: 20, trente: 30, cent: 100, cents: 100, mille: 1000,
})); // prettier-ignore

const COUNT_MAX = 20_000;
const TOKENS_MAX = 40_000;
/** How far into the ask counts are looked for, from both ends, in words. */
const COUNT_ENDS = 60;
const LONG = { factor: 1.9, writingLeast: 1100 } as const;
const BRIEF_FACTOR = 0.4;
const REASONS_TOKENS = 120;
const JSON_LEAST = 18;
const HARD: { readonly in: ReadonlySet<Task>; readonly full: number } = {
  in: new Set(["code", "reasoning", "open_qa"]),
  full: 9,
};
const P90_OF_COUNTED = 1.35;

/** Counted units in these tasks describe the answer; elsewhere "3 pages" may be part of the question. */
const COUNTS_IN: ReadonlySet<Task> = new Set([
  "summarization",
  "generation",
  "brainstorming",
  "open_qa",
  "rewriting",
  "chat",
  "closed_qa",
]);
const PIECES_IN: ReadonlySet<Task> = new Set(["generation", "chat"]);

const countAt = (word: string | undefined): number | null => {
  if (word === undefined) return null;
  const named = COUNT_WORDS.get(word);
  if (named !== undefined) return named;
  return /^\d{1,6}$/.test(word) ? Number(word) : null;
};

const unitTokens = (word: string | undefined) =>
  UNITS.find(([name]) => word?.startsWith(name) === true)?.[1] ?? null;

const inEnds = (words: Words, at: number) => at < COUNT_ENDS || at >= words.list.length - COUNT_ENDS;

/** Tokens that the ask spells out ("in 50 words", "trois phrases", "2,000-word"), or null. */
export function countedTokens(words: Words): number | null {
  let largest: number | null = null;
  for (const [at, word] of words.list.entries()) {
    if (!inEnds(words, at) || words.quoted[at] === true) continue;
    let count = countAt(word);
    if (count === null || count === 0) continue;
    let next = at + 1;
    // "2,000" and "2 000" arrive as two words.
    const thousands = words.list[next];
    if (count < 100 && thousands !== undefined && /^\d{3}$/.test(thousands)) {
      count = count * 1000 + Number(thousands);
      next += 1;
    }
    // A number that ends its sentence counts nothing in the next one.
    if (words.opens[next] === true) continue;
    const unit = unitTokens(words.list[next]) ?? (count > 1 ? unitTokens(words.list[next + 1]) : null);
    if (unit === null || count > COUNT_MAX || count * unit > TOKENS_MAX) continue;
    largest = Math.max(largest ?? 0, count * unit);
  }
  return largest;
}

function pieceTokens(words: Words): number | null {
  for (const [at, word] of words.list.entries()) {
    if (at >= COUNT_ENDS) break;
    const tokens =
      PIECE_LENGTH.get(word) ?? (word.endsWith("s") ? PIECE_LENGTH.get(word.slice(0, -1)) : undefined);
    if (tokens !== undefined) return tokens;
  }
  return null;
}

function plainLength(facts: LengthFacts): Length {
  if (!facts.known) return UNKNOWN_LENGTH;
  const usual = TASK_LENGTH[facts.task];
  const byText = BY_TEXT[facts.task];
  if (byText !== undefined) {
    const p50 = Math.min(byText.most, Math.max(byText.least, facts.textTokens * byText.share));
    return { p50, p90: p50 * (byText.share > 1 ? 1.4 : 2.5) + 10 };
  }
  const piece = PIECES_IN.has(facts.task) ? pieceTokens(facts.words) : null;
  return piece === null ? usual : { p50: piece, p90: piece * 2 };
}

/** Median and 90th percentile of the answer, in whole tokens of at least 1, and at most `cap`. */
export function outputTokens(facts: LengthFacts, cap: number | null): Length {
  let { p50, p90 } = plainLength(facts);
  const counted = COUNTS_IN.has(facts.task) ? countedTokens(facts.words) : null;
  if (counted !== null) {
    p50 = counted;
    p90 = counted * P90_OF_COUNTED;
  } else if (facts.task !== "classification") {
    const factor = facts.long && !facts.brief ? LONG.factor : facts.brief && !facts.long ? BRIEF_FACTOR : 1;
    if (facts.task !== "translation") p50 *= factor;
    p90 *= Math.max(factor, 0.6);
    if (factor > 1 && facts.task === "generation") p50 = Math.max(LONG.writingLeast, p50);
  }
  if (HARD.in.has(facts.task)) {
    const factor = 1 + Math.min(1, facts.hard / HARD.full);
    p50 *= factor;
    p90 *= factor;
  }
  if (facts.reasons && facts.task === "classification") p50 += REASONS_TOKENS;
  if (facts.jsonSchema) p50 = Math.max(JSON_LEAST, p50);
  p90 = Math.max(p90, p50 * 1.2);
  const most = cap ?? Number.MAX_SAFE_INTEGER;
  const whole = (tokens: number) => Math.max(1, Math.min(most, Math.round(tokens)));
  return { p50: whole(p50), p90: whole(p90) };
}
