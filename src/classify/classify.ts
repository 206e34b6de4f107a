/** Prompt to traits: pure, synchronous, linear in the text and bounded for all but the token count. */
import type { Conversation } from "../domain/chat.ts";
import type { Task, Traits } from "../domain/traits.ts";
import { difficultyOf } from "./difficulty.ts";
import { languageOf } from "./language.ts";
import { outputTokens } from "./length.ts";
import { addStructure, addSystem, judge, scoresOf, type Scores } from "./score.ts";
import { structureOf } from "./structure.ts";
import { inputTokens, isImagePart, tokensOfText } from "./tokens.ts";
import { turnOf, type Turn } from "./turn.ts";
import { plain, wordsOf } from "./words.ts";

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

/** "Translate the above" works on what was said before, so all of the input counts. */
const SHORT_ASK_TOKENS = 25;
const WORKS_ON_TEXT: ReadonlySet<Task> = new Set(["summarization", "translation", "rewriting", "extraction"]);

function textTokens(turn: Turn, task: Task, allTokens: number): number {
  const own = tokensOfText(turn.ask) * (turn.askLength / Math.max(1, turn.ask.length));
  return turn.hasHistory && own < SHORT_ASK_TOKENS && WORKS_ON_TEXT.has(task) ? allTokens : own;
}

const SHAPE_LEAST = 2;

const shapeOf = (scores: Scores) => ({
  hard: scores.get("hard") ?? 0,
  easy: scores.get("easy") ?? 0,
  long: (scores.get("long") ?? 0) >= SHAPE_LEAST,
  brief: (scores.get("brief") ?? 0) >= SHAPE_LEAST,
});

const REASONS = /\b(?:explain (?:why|your)|justif|step by step|reasoning|expliqu|etape par etape|pourquoi)/;

/** The traits of a conversation under the caller's `id`. Lengths are in tokens, `difficulty` is 0..1. */
export function classify(id: string, conversation: Conversation): Traits {
  const turn = turnOf(conversation);
  const text = plain(turn.ask);
  const words = wordsOf(text);
  const structure = structureOf(text, words);
  const scores = scoresOf(words);
  const shape = shapeOf(scores);
  const systemText = plain(turn.system);
  const systemWords = wordsOf(systemText);
  addStructure(scores, structure);
  if (turn.system !== "") addSystem(scores, scoresOf(systemWords));
  const { task, evidence: judged } = judge(scores);
  const evidence = turn.continued && judged === "strong" ? "weak" : judged;
  const known = evidence !== "none";
  const needs = needsOf(conversation);
  const allTokens = inputTokens(conversation);
  const length = outputTokens(
    {
      task,
      words,
      textTokens: textTokens(turn, task, allTokens),
      long: shape.long,
      brief: shape.brief,
      hard: shape.hard,
      reasons: REASONS.test(text),
      jsonSchema: needs.jsonSchema,
      known,
    },
    capOf(conversation),
  );
  const askWords = structure.words * (turn.askLength / Math.max(1, turn.ask.length));
  return {
    id,
    task,
    difficulty: difficultyOf({
      task,
      known,
      hard: shape.hard,
      easy: shape.easy,
      askWords,
      p50: length.p50,
      hasFormula: structure.hasFormula,
    }),
    outputTokens: length,
    inputTokens: allTokens,
    language: languageOf(turn.ask, words),
    needs,
    evidence,
  };
}
