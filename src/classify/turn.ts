/** Finds the ask in a conversation: the last user turn that says something, and what the system prompt sets. */
import { textOf, type Conversation } from "../domain/chat.ts";

/** Long texts are read at both ends only, in characters: the instruction stands at one or the other. */
const ASK_ENDS = 3000;
const SYSTEM_ENDS = 800;

export type Turn = {
  readonly ask: string;
  /** The whole ask's length in characters, before it was cut. */
  readonly askLength: number;
  readonly system: string;
  /** True when the last user turn only says "continue" and an earlier one is the ask. */
  readonly continued: boolean;
  /** True when the ask is not the first thing said, so that "the above" may mean an earlier message. */
  readonly hasHistory: boolean;
};

const CONTINUATIONS =
  /^(?:(?:ok(?:ay)?|yes|yep|sure|please|continue|go on|go ahead|keep going|more|next|do it|proceed|try again|again|oui|vas-y|allez-y|continuez|encore|suite|la suite|d'accord|stp|s'il te pla[iî]t|svp)[ ,.!]*){1,4}$/i;
const CONTINUATION_MAX = 60;

const ends = (text: string, each: number) =>
  text.length <= 2 * each ? text : `${text.slice(0, each)}\n${text.slice(-each)}`;

/** What harnesses put into the user's turn is not the user's ask. */
const REMINDERS = [
  ["<system-reminder>", "</system-reminder>"],
  ["<environment_details>", "</environment_details>"],
  ["<environment_context>", "</environment_context>"],
] as const;

function withoutReminders(text: string): string {
  let rest = text;
  for (const [open, close] of REMINDERS) {
    const kept: string[] = [];
    let from = 0;
    for (let start = rest.indexOf(open); start >= 0; start = rest.indexOf(open, from)) {
      const end = rest.indexOf(close, start);
      if (end < 0) break;
      kept.push(rest.slice(from, start));
      from = end + close.length;
    }
    if (from > 0) rest = kept.join("") + rest.slice(from);
  }
  return rest;
}

const isContinuation = (text: string) => text.length <= CONTINUATION_MAX && CONTINUATIONS.test(text);

/** Reads the turn to classify. Linear in the text; an empty conversation yields an empty ask. */
export function turnOf(conversation: Conversation): Turn {
  const { messages } = conversation;
  let ask: string | null = null;
  let continued = false;
  let askIndex = 0;
  let askLength = 0;
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (message?.role !== "user") continue;
    const whole = withoutReminders(textOf(message));
    const text = ends(whole, ASK_ENDS).trim();
    if (text === "") continue;
    if (!isContinuation(text)) {
      ask = text;
      askIndex = index;
      askLength = whole.length;
      break;
    }
    continued = true;
    ask ??= text;
  }
  const system = messages
    .filter((message) => message.role === "system" || message.role === "developer")
    .slice(0, 4)
    .map((message) => ends(textOf(message), SYSTEM_ENDS))
    .join("\n");
  return {
    ask: ask ?? "",
    askLength: Math.max((ask ?? "").length, askLength),
    system,
    continued: continued && ask !== null && !isContinuation(ask),
    hasHistory: messages
      .slice(0, askIndex)
      .some((message) => message.role === "user" || message.role === "assistant"),
  };
}
