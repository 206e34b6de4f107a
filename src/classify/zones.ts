/** Takes a conversation apart: the ask, what is pasted beside it, the system prompt, what was said before. */
import { type ChatMessage, type Conversation, textOf } from "../domain/chat.ts";

export const ZONE_LIMITS = {
  /** Long texts are read at both ends only, in characters: the instruction stands at one or the other. */
  askEnds: 3_000,
  systemEnds: 400,
  previousAsk: 160,
  previousAnswer: 120,
  /** A text no longer than this is all ask, unless a line ends it. */
  wholeAsk: 500,
  head: 400,
  /** A colon or a quotation mark here announces a text, in an ask of at least `announcedLeast` characters. */
  announcedFrom: 12,
  announcedTo: 200,
  announcedLeast: 200,
  tail: 200,
  bodyStart: 300,
  bodyEnd: 120,
  /** Concepts are looked for this far into what is pasted. */
  bodyConcepts: 160,
} as const;

export type Zones = {
  /** The last thing that the user said, cut in the middle when it is long. */
  readonly ask: string;
  /** Its length in characters before it was cut. */
  readonly askLength: number;
  /** Where the opening of the ask ends and its close begins; what is between is likely pasted. */
  readonly headEnd: number;
  readonly tailStart: number;
  readonly system: string;
  readonly systemLength: number;
  readonly previousAsk: string;
  readonly previousAnswer: string;
  readonly previousAnswerLength: number;
  /** User turns before the last one. */
  readonly turns: number;
  readonly toolResults: number;
};

/** So many characters between opening and close are a text that was pasted. */
const PASTED_LEAST = 40;
export const hasPaste = ({ headEnd, tailStart }: Pick<Zones, "headEnd" | "tailStart">): boolean =>
  tailStart - headEnd > PASTED_LEAST;

const ends = (text: string, each: number): string =>
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

const askOf = (message: ChatMessage): string => withoutReminders(textOf(message));

/** The last user message that says something, and where it stands; at -1 when there is none. */
function lastAsk(messages: readonly ChatMessage[], before: number): { at: number; text: string } {
  for (let at = before - 1; at >= 0; at -= 1) {
    const message = messages[at];
    if (message?.role !== "user") continue;
    const text = askOf(message);
    if (text.trim() !== "") return { at, text };
  }
  return { at: -1, text: "" };
}

/** Where a line, or what a colon or a quotation mark announces, begins: from there on it is likely pasted. -1 for nowhere. */
function announced(ask: string): number {
  const { announcedFrom, announcedTo, announcedLeast } = ZONE_LIMITS;
  const line = ask.indexOf("\n", announcedFrom);
  if (ask.length < announcedLeast) return line;
  const found = ask.slice(announcedFrom, announcedTo).search(/[:：](?=\s|["'«“„「])|["«“„「](?=\S)/);
  const mark = found < 0 ? -1 : announcedFrom + found + 1;
  return mark < 0 ? line : line < 0 ? mark : Math.min(line, mark);
}

function split(ask: string): { headEnd: number; tailStart: number } {
  const { length } = ask;
  const { wholeAsk, head, tail } = ZONE_LIMITS;
  const firstLine = announced(ask);
  const lastLine = ask.lastIndexOf("\n", length - 8);
  if (length <= wholeAsk) {
    if (length <= 80 || firstLine < 0) return { headEnd: length, tailStart: length };
    const tailStart = length - lastLine > tail ? length : Math.max(firstLine, lastLine);
    return { headEnd: firstLine, tailStart };
  }
  const headEnd = firstLine >= 0 && firstLine < head ? firstLine : head;
  return { headEnd, tailStart: Math.max(headEnd, lastLine, length - tail) };
}

/** Linear in the text, and bounded in what it gives. */
export function zonesOf({ messages }: Conversation): Zones {
  const { at, text: whole } = lastAsk(messages, messages.length);
  const ask = ends(whole, ZONE_LIMITS.askEnds).trim();
  const before = messages.slice(0, Math.max(0, at));
  const answer = before.findLast(({ role }) => role === "assistant");
  const answerText = answer === undefined ? "" : textOf(answer);
  const systems = messages.filter(({ role }) => role === "system" || role === "developer").slice(0, 4);
  const system = systems.map(textOf).join("\n");
  return {
    ask,
    askLength: Math.max(ask.length, whole.length),
    ...split(ask),
    system: ends(system, ZONE_LIMITS.systemEnds),
    systemLength: system.length,
    previousAsk: lastAsk(messages, at).text.slice(0, ZONE_LIMITS.previousAsk),
    previousAnswer: answerText.slice(0, ZONE_LIMITS.previousAnswer),
    previousAnswerLength: answerText.length,
    turns: before.filter(({ role }) => role === "user").length,
    toolResults: messages.filter(({ role }) => role === "tool").length,
  };
}
