/** Whether an answer stays the same when the same thing is asked otherwise: on prompts that the model has not seen. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { classify } from "../src/classify/classify.ts";
import type { Conversation } from "../src/domain/chat.ts";
import { TASKS } from "../src/domain/traits.ts";
import { POLITE, slipped } from "./noise.ts";
import { dice } from "./fit.ts";

const schema = z.object({ id: z.string(), task: z.enum(TASKS), language: z.string(), prompt: z.string() });
export type Parallel = z.infer<typeof schema>;

/** The same prompts in every language. */
export const parallelPrompts = (): Parallel[] =>
  readFileSync(join(import.meta.dirname, "parallel.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => schema.parse(JSON.parse(line)));

const user = (content: string): Conversation => ({ messages: [{ role: "user", content }] });
const taskOf = (conversation: Conversation) => classify("", conversation).task;

/** About 2,000 tokens of a company's policy, without a task. */
const POLICY =
  "You are the assistant of Example Ltd, a wholesaler of office furniture. Be polite and precise. Opening hours are 8 to 18 on working days. Never promise delivery dates. Prices are without VAT. ".repeat(
    42,
  );
const TOOLS = Array.from({ length: 32 }, (_, at) => ({
  type: "function",
  function: {
    name: `lookup_${at}`,
    description: "Looks up a record by its number",
    parameters: { type: "object" },
  },
}));

const CHANGES: Readonly<Record<string, (prompt: Parallel, random: () => number) => Conversation>> = {
  "slips of the keyboard": ({ prompt }, random) => user(slipped(prompt, random)),
  "lower case": ({ prompt }) => user(prompt.toLowerCase()),
  "upper case": ({ prompt }) => user(prompt.toUpperCase()),
  "a polite opening": ({ prompt, language }) => user(`${POLITE[language]?.[0] ?? ""}${prompt}`),
  "trailing spaces": ({ prompt }) => user(`${prompt}  \n `),
  "a system prompt of 2,000 tokens": ({ prompt }) => ({
    messages: [
      { role: "system", content: POLICY },
      { role: "user", content: prompt },
    ],
  }),
  "32 registered tools": ({ prompt }) => ({ ...user(prompt), tools: TOOLS }),
};

export type Steady = { readonly change: string; readonly share: number };

/** Share of answers that stay the same, per change; translation is compared with the English prompt. */
export function steadiness(prompts: readonly Parallel[]): Steady[] {
  const random = dice(17);
  const before = new Map(prompts.map((one) => [one, taskOf(user(one.prompt))]));
  const shares = Object.entries(CHANGES).map(([change, make]) => ({
    change,
    share: prompts.filter((one) => taskOf(make(one, random)) === before.get(one)).length / prompts.length,
  }));
  const english = new Map(
    prompts.filter(({ language }) => language === "en").map((one) => [one.id, before.get(one)]),
  );
  const others = prompts.filter(({ language }) => language !== "en");
  const same = others.filter((one) => before.get(one) === english.get(one.id)).length;
  return [...shares, { change: "translation from English", share: same / others.length }];
}

/** Share of right answers per language. */
export const rightByLanguage = (prompts: readonly Parallel[]): Map<string, number> =>
  new Map(
    [...Map.groupBy(prompts, ({ language }) => language)].map(([language, own]) => [
      language,
      own.filter(({ prompt, task }) => taskOf(user(prompt)) === task).length / own.length,
    ]),
  );
