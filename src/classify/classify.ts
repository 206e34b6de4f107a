/** From a conversation to its traits, by rules. Pure, no network, time linear in a bounded part of the text. */
import { type Conversation, textOf } from "../domain/chat.ts";
import { type Evidence, TASKS, type Task, type Traits } from "../domain/traits.ts";
import { indexCues, weigh } from "./cues.ts";
import { difficulty } from "./difficulty.ts";
import { languageOf } from "./language.ts";
import { outputTokens } from "./length.ts";
import { SHAPE_CUES, TASK_CUES } from "./rules.ts";
import { inputTokens, isImagePart } from "./tokens.ts";
import { plain, wordsOf } from "./words.ts";

/** An instruction stands at one end of a prompt; what lies between is material. */
const SCANNED = { head: 4_000, tail: 4_000, system: 2_000 } as const;
/** The system prompt says what a whole application is for; the last turn says what is asked. */
const SYSTEM_SHARE = 0.6;
const EVIDENCE_POINTS = { strong: 3, weak: 1 } as const;
/** Pasted material under a question makes it a question about that material. */
const GIVEN_CHARACTERS = 400;

const TASK_INDEX = indexCues(TASK_CUES);
const SHAPE_INDEX = indexCues(SHAPE_CUES);

const ends = (text: string, head: number, tail: number): string =>
  text.length <= head + tail ? text : `${text.slice(0, head)}\n${text.slice(text.length - tail)}`;

type Read = { readonly ask: string; readonly system: string };

/** The ask is the last user turn; developers' and system turns are read apart. */
function read({ messages }: Conversation): Read {
  const last = messages.findLast(({ role }) => role === "user") ?? messages.at(-1);
  const system = messages.find(({ role }) => role === "system" || role === "developer");
  return {
    ask: last === undefined ? "" : ends(textOf(last), SCANNED.head, SCANNED.tail),
    system: system === undefined || system === last ? "" : textOf(system).slice(0, SCANNED.system),
  };
}

/** Traits of a conversation. Never throws on one that the chat schema let through. */
export function classify(id: string, conversation: Conversation): Traits {
  const { ask, system } = read(conversation);
  const words = wordsOf(plain(ask));
  const scores = weigh(TASK_INDEX, words);
  const shape = weigh(SHAPE_INDEX, words);
  if (system !== "") {
    const systemScores = weigh(TASK_INDEX, wordsOf(plain(system)));
    // "You are a …" opens every system prompt and says nothing of the task.
    systemScores.delete("chat");
    for (const [task, points] of systemScores)
      scores.set(task, (scores.get(task) ?? 0) + points * SYSTEM_SHARE);
  }
  if (ask.length > GIVEN_CHARACTERS && (shape.get("given") ?? 0) > 0 && (scores.get("open_qa") ?? 0) > 0) {
    scores.set("closed_qa", (scores.get("closed_qa") ?? 0) + 2);
  }
  const { task, evidence } = best(scores, words.list.length);
  const cap = conversation.max_completion_tokens ?? conversation.max_tokens ?? null;
  const length = outputTokens({
    task,
    text: ask,
    words: words.list,
    long: shape.get("long") ?? 0,
    brief: shape.get("brief") ?? 0,
    capTokens: cap,
  });
  const input = inputTokens(conversation);
  return {
    id,
    task,
    difficulty: difficulty({
      task,
      hard: shape.get("hard") ?? 0,
      easy: shape.get("easy") ?? 0,
      inputTokens: input,
      outputTokensP50: length.p50,
    }),
    outputTokens: length,
    inputTokens: input,
    language: languageOf(ask, words),
    needs: needsOf(conversation),
    evidence,
  };
}

/** The task with most points; the first of the list among equals. Without points there is no evidence, and no guess. */
function best(scores: ReadonlyMap<Task, number>, words: number): { task: Task; evidence: Evidence } {
  let task: Task = "chat";
  let points = 0;
  for (const candidate of TASKS) {
    const found = scores.get(candidate) ?? 0;
    if (found > points) [task, points] = [candidate, found];
  }
  if (words === 0 || points < EVIDENCE_POINTS.weak) return { task: "chat", evidence: "none" };
  return { task, evidence: points >= EVIDENCE_POINTS.strong ? "strong" : "weak" };
}

function needsOf({ messages, tools, response_format: format }: Conversation): Traits["needs"] {
  return {
    tools: (tools?.length ?? 0) > 0,
    jsonSchema: format?.type === "json_schema" || format?.type === "json_object",
    vision: messages.some(({ content }) => Array.isArray(content) && content.some(isImagePart)),
  };
}
