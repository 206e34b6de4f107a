/** Expected answer length in tokens: hard facts first, then what the model has learned. */
import { TASKS, type Task, type Traits } from "../domain/traits.ts";
import type { StoredModel } from "./model.ts";

type Length = Traits["outputTokens"];

/** Tasks whose answers grow with the text that they are made from. */
export const WORKS_ON_TEXT: ReadonlySet<Task> = new Set([
  "summarization",
  "translation",
  "rewriting",
  "extraction",
]);

export type LengthFacts = {
  readonly task: Task;
  /** The model's base-2 logarithm of the answer's tokens. */
  readonly logarithm: number;
  /** Tokens of the text to work on. */
  readonly textTokens: number;
  /** Tokens that the ask spells out ("in 50 words"); null when it spells out none. */
  readonly counted: number | null;
  readonly jsonSchema: boolean;
  readonly known: boolean;
  /** The request's own cap. */
  readonly cap: number | null;
  /** Octaves that answers of this task were seen to be longer than expected. */
  readonly correction: number;
};

/** Median and 90th percentile of answers to prompts of every kind: what to expect of one that says nothing. */
export const UNKNOWN_LENGTH: Length = { p50: 120, p90: 900 };

/** Above this many tokens the ask's own words no longer matter beside the text's. */
const [TRANSLATED_LEAST, TRANSLATED_SHARE] = [60, 1.05];
const TOKENS_MAX = 40_000;
/** Standard normal quantile of 0.9. */
const Z90 = 1.2816;
/** A count that is asked for is kept to about as well as that. */
const COUNTED_SPREAD = 1.35;
const JSON_LEAST = 18;

function learned(facts: LengthFacts, { lines, spread }: StoredModel["length"]): Length {
  const task = TASKS.indexOf(facts.task);
  const [constant = 0, slope = 1, textSlope = 0] = lines[task] ?? [];
  const logarithm = constant + slope * facts.logarithm + textSlope * Math.log2(1 + facts.textTokens);
  // A translation is as long as its text, whatever else is asked of it.
  const level = 2 ** facts.correction;
  const p50 =
    facts.task === "translation" && facts.textTokens > TRANSLATED_LEAST
      ? facts.textTokens * TRANSLATED_SHARE
      : level * 2 ** logarithm;
  return { p50, p90: p50 * 2 ** (Z90 * (spread[task] ?? 1)) };
}

/** Median and 90th percentile of the answer, in whole tokens of at least 1, and at most the cap. */
export function outputTokens(facts: LengthFacts, stored: StoredModel["length"]): Length {
  let { p50, p90 } = facts.known ? learned(facts, stored) : UNKNOWN_LENGTH;
  if (facts.counted !== null) [p50, p90] = [facts.counted, facts.counted * COUNTED_SPREAD];
  if (facts.jsonSchema) p50 = Math.max(JSON_LEAST, p50);
  p90 = Math.max(p90, p50 * 1.2);
  const most = Math.min(TOKENS_MAX, facts.cap ?? TOKENS_MAX);
  const whole = (tokens: number) => Math.max(1, Math.min(most, Math.round(tokens)));
  return { p50: whole(p50), p90: whole(p90) };
}
