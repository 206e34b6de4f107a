/** What the classifier is trained on: this project's own prompts, and public data where its licence lets weights be shipped. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Conversation } from "../src/domain/chat.ts";
import { TASKS, type Task } from "../src/domain/traits.ts";

const PROMPTS = join(import.meta.dirname, "prompts");
export const LENGTHS = ["label", "line", "short", "medium", "long", "huge"] as const;
export type LengthClass = (typeof LENGTHS)[number];
/** Tokens of a usual answer of each class: the geometric middle. */
export const LENGTH_TOKENS: Readonly<Record<LengthClass, number>> = {
  label: 3,
  line: 20,
  short: 80,
  medium: 260,
  long: 730,
  huge: 2_000,
};

const message = z.object({ role: z.enum(["system", "user", "assistant", "tool"]), content: z.string() });
const promptSchema = z.strictObject({
  prompt: z.string().optional(),
  messages: z.array(message).optional(),
  task: z.enum(TASKS),
  second: z.enum(TASKS).optional(),
  length: z.enum(LENGTHS),
  language: z.string().regex(/^[a-z]{2}$/),
});

export type Prompt = {
  readonly conversation: Conversation;
  readonly task: Task;
  readonly second: Task | null;
  readonly length: LengthClass;
  readonly language: string;
  /** The file it stands in: one writer, one language. */
  readonly source: string;
};

const lines = (path: string): string[] =>
  readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");

/** The project's own prompts, file by file. Throws, naming file and line, on one that is not what LABELS.md says. */
export function ownPrompts(folder: string = PROMPTS): Prompt[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .toSorted()
    .flatMap((name) =>
      lines(join(folder, name)).map((line, index) => {
        const parsed = promptSchema.safeParse(JSON.parse(line));
        if (!parsed.success)
          throw new Error(`training/prompts/${name}:${index + 1}: ${parsed.error.issues[0]?.message ?? "?"}`);
        const { prompt, messages, task, second, length, language } = parsed.data;
        const conversation = { messages: messages ?? [{ role: "user" as const, content: prompt ?? "" }] };
        return {
          conversation,
          task,
          second: second ?? null,
          length,
          language,
          source: name.replace(".jsonl", ""),
        };
      }),
    );
}

/** Public data that is not in this repository: where it must lie, what it is, and its checksum. */
export const PUBLIC_DATA = {
  file: "difficulty.jsonl",
  sha256: "32349ee009142fb9a939676a1a65d3ddfe62a7ccf3de522d250fbddabbb627a9",
  origin:
    "per-question results of many models: MMLU-Pro (Apache-2.0), LLMRouter (MIT), a subset of RouterBench (MIT), FastEval's BBH and MATH (Apache-2.0), IFEval (Apache-2.0)",
} as const;

const difficultySchema = z.object({
  prompt: z.string(),
  small: z.number().nullable(),
  large: z.number().nullable(),
  language: z.string(),
  source: z.string(),
});
export type Difficult = z.infer<typeof difficultySchema>;

/** Prompts with the mean success of small and of large models. Throws a message that says what is missing. */
export function difficultPrompts(folder: string): Difficult[] {
  const path = join(folder, PUBLIC_DATA.file);
  if (!existsSync(path))
    throw new Error(
      `${path} is missing. It holds ${PUBLIC_DATA.origin}; training/README.md says how it is made.`,
    );
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  if (sha256 !== PUBLIC_DATA.sha256)
    throw new Error(`${path} has the checksum ${sha256}, not ${PUBLIC_DATA.sha256}`);
  return lines(path).map((line) => difficultySchema.parse(JSON.parse(line)));
}
