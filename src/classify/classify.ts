/** Prompt to traits: pure, synchronous, bounded by a few kilobytes of the text for all but the token count. */
import type { Conversation } from "../domain/chat.ts";
import type { Task, Traits } from "../domain/traits.ts";
import { NAMED_COUNTS } from "./counts.ts";
import { type DifficultyFacts, difficultyInputs, difficultyOf } from "./difficulty.ts";
import { type Judgement, judge } from "./judge.ts";
import { WORKS_ON_TEXT, outputTokens } from "./length.ts";
import { LENGTH_COLUMN } from "./model.ts";
import type { Shape } from "./shape.ts";
import { counter, languages, model } from "./shipped.ts";
import { inputTokens, isImagePart, tokensOfText } from "./tokens.ts";
import { MODEL } from "./weights.ts";
import { type Zones, zonesOf } from "./zones.ts";

function needsOf(conversation: Conversation): Traits["needs"] {
  const format = conversation.response_format?.type;
  return {
    tools: (conversation.tools ?? []).length > 0,
    jsonSchema: format === "json_schema" || format === "json_object",
    vision: conversation.messages.some(({ content }) => Array.isArray(content) && content.some(isImagePart)),
  };
}

const capOf = ({ max_tokens: old, max_completion_tokens: current }: Conversation) => {
  const caps = [old, current].filter((cap) => cap != null);
  return caps.length === 0 ? null : Math.min(...caps);
};

/** What the answer is made from: the text that is pasted, or else, after a short follow-up, what was said before. */
function textTokens(zones: Zones, task: Task): number {
  if (!WORKS_ON_TEXT.has(task)) return 0;
  const own = tokensOfText(zones.ask) * (zones.askLength / Math.max(1, zones.ask.length));
  return zones.turns > 0 && zones.ask.length < 80 ? own + zones.previousAnswerLength / 4 : own;
}

const conceptNumber = (name: string) => MODEL.concepts.indexOf(name);
const HARD = new Set([conceptNumber("hard"), conceptNumber("step_by_step")]);
const EASY = new Set([conceptNumber("easy"), conceptNumber("for_child")]);
const PROVE = new Set(["prove", "calculus", "equation", "probability", "geometry"].map(conceptNumber));

function difficultyFacts(zones: Zones, shape: Shape, p50: number): DifficultyFacts {
  const { asked } = model.featurizer;
  const found = (concepts: ReadonlySet<number>) => {
    let count = 0;
    for (const concept of asked) if (concepts.has(concept)) count += 1;
    return count;
  };
  return {
    askCharacters: zones.askLength,
    p50,
    numbers: shape.numbers,
    mathMarks: shape.mathMarks,
    codeMarks: shape.codeMarks,
    hard: found(HARD),
    easy: found(EASY),
    prove: found(PROVE),
  };
}

const NAMED = Object.entries(NAMED_COUNTS).map(([name, tokens]) => [conceptNumber(name), tokens] as const);
function mayCount(shape: Shape): boolean {
  const { asked } = model.featurizer;
  if (!asked.some((concept) => counter.isUnit(concept))) return false;
  return shape.numbers > 0 || asked.some((concept) => counter.isNumber(concept));
}
const namedCount = (): number | null =>
  NAMED.find(([concept]) => model.featurizer.asked.includes(concept))?.[1] ?? null;

export type Reading = {
  readonly judgement: Judgement;
  readonly needs: Traits["needs"];
  readonly zones: Zones;
  readonly shape: Shape;
  readonly logarithm: number;
};

/** What the model says of a conversation, before it is made into traits. */
export function read(conversation: Conversation): Reading {
  const zones = zonesOf(conversation);
  const needs = needsOf(conversation);
  const { vector, shape, known } = model.featurizer.read(zones, {
    hasTools: needs.tools,
    wantsJson: needs.jsonSchema,
  });
  const scores = model.score(vector);
  const judgement = judge(scores, MODEL.temperature);
  const blind = zones.ask === "" || known === 0;
  return {
    judgement: blind ? { ...judgement, evidence: "none" } : judgement,
    needs,
    zones,
    shape,
    logarithm: scores[LENGTH_COLUMN] ?? 0,
  };
}

/**
 * The traits of a conversation under the caller's `id`. Lengths are in tokens, `difficulty` is 0..1. `octaves`: how much longer
 * answers of each task are here than the model expects.
 */
export function classify(
  id: string,
  conversation: Conversation,
  octaves: Readonly<Partial<Record<Task, number>>> = {},
): Traits {
  const { judgement, needs, zones, shape, logarithm } = read(conversation);
  const { task, probabilities } = judgement;
  const known = judgement.evidence !== "none";
  const { ask, headEnd, tailStart } = zones;
  const opening =
    tailStart < ask.length ? `${ask.slice(0, headEnd)}\n${ask.slice(tailStart)}` : ask.slice(0, headEnd);
  const length = outputTokens(
    {
      task,
      logarithm,
      textTokens: textTokens(zones, task),
      counted: (mayCount(shape) ? counter.countedIn(opening) : null) ?? namedCount(),
      jsonSchema: needs.jsonSchema,
      known,
      cap: capOf(conversation),
      correction: octaves[task] ?? 0,
    },
    MODEL.length,
  );
  return {
    id,
    task,
    difficulty: difficultyOf(
      probabilities,
      known,
      difficultyInputs(difficultyFacts(zones, shape, length.p50)),
      MODEL.difficulty,
    ),
    outputTokens: length,
    inputTokens: inputTokens(conversation),
    language: languages.of(ask),
    needs,
    evidence: judgement.evidence,
  };
}
