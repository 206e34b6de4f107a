/** The same prompt as somebody else would have sent it: with a persona before it, in capitals, with slips, with a please. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { textOf } from "../src/domain/chat.ts";
import type { Prompt } from "./data.ts";
import { dice } from "./fit.ts";

const PERSONAS = readFileSync(join(import.meta.dirname, "personas.txt"), "utf8")
  .split("\n")
  .filter((line) => line !== "");
export const POLITE: Readonly<Record<string, readonly string[]>> = {
  en: ["hi, ", "hello! ", "please ", "hey, quick one: ", "could you help me? "],
  fr: ["bonjour, ", "salut ! ", "stp ", "svp, "],
  de: ["hallo, ", "bitte ", "moin, "],
  es: ["hola, ", "por favor, "],
  it: ["ciao, ", "per favore "],
  pt: ["oi, ", "por favor, "],
  nl: ["hoi, ", "graag "],
  pl: ["hej, ", "prosze "],
  ru: ["привет! ", "пожалуйста, "],
};
const SLIP_EVERY = 25;
const PERSONA_DOUBLINGS = 5;

export function slipped(text: string, random: () => number): string {
  const letters = Array.from(text);
  for (let at = 1; at < letters.length - 1; at += 1) {
    if (random() > 1 / SLIP_EVERY || !/\p{L}/u.test(letters[at] ?? "")) continue;
    const kind = random();
    if (kind < 0.4) letters[at] = "";
    else if (kind < 0.7) [letters[at], letters[at + 1]] = [letters[at + 1] ?? "", letters[at] ?? ""];
    else letters[at] = `${letters[at] ?? ""}${letters[at] ?? ""}`;
  }
  return letters.join("");
}

/** One disturbed copy of each prompt, the same each time. */
export function disturbed(prompts: readonly Prompt[], seed: number): Prompt[] {
  const random = dice(seed);
  return prompts.map((prompt) => {
    const { messages } = prompt.conversation;
    const last = messages.findLastIndex(({ role }) => role === "user");
    const change = (edit: (text: string) => string): Prompt => ({
      ...prompt,
      conversation: {
        messages: messages.map((message, at) =>
          at === last ? { ...message, content: edit(textOf(message)) } : message,
        ),
      },
    });
    const kind = random();
    if (kind < 0.4 && messages[0]?.role === "user") {
      // Policies run from a sentence to pages.
      const count = Math.ceil(2 ** (random() * PERSONA_DOUBLINGS));
      const drawn = Array.from({ length: count }, () => PERSONAS[Math.floor(random() * PERSONAS.length)]);
      const content = drawn.join("\n");
      return { ...prompt, conversation: { messages: [{ role: "system" as const, content }, ...messages] } };
    }
    if (kind < 0.65) return change((text) => slipped(text, random));
    if (kind < 0.72) return change((text) => text.toLowerCase());
    if (kind < 0.77) return change((text) => text.toUpperCase());
    const words = POLITE[prompt.language] ?? [];
    const greeting = words[Math.floor(random() * words.length)] ?? "";
    return change((text) => `${greeting}${text}  `);
  });
}
