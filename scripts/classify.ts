/** `npm run --silent classify`: JSON lines with `prompt` or `messages` in, one JSON line of traits each out, in order. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { classify } from "../src/classify/classify.ts";
import { chatRequestSchema } from "../src/domain/chat.ts";
import { parsedJson } from "./cli/text.ts";
import { runScript } from "./shared/script.ts";

const CLASSIFY = {
  command: "npm run --silent classify",
  summary: `Reads JSON lines from the standard input, {"id","prompt"} or {"id","messages"} (id may be absent: the line's number
stands for it), and writes one JSON line each, in order: the traits, or {"id","error"}. Exits with 1 when a line was refused.`,
  flags: {},
};

const idSchema = z.union([z.string(), z.number()], "must be a text or a number").transform(String);
const promptSchema = z
  .object({ id: idSchema.optional(), prompt: z.string() })
  .transform(({ id, prompt }) => ({ id, messages: [{ role: "user" as const, content: prompt }] }));
const messagesSchema = chatRequestSchema
  .pick({ messages: true, tools: true, response_format: true, max_tokens: true, max_completion_tokens: true })
  .extend({ id: idSchema.optional() });
const objectSchema = z.record(z.string(), z.unknown());

/** What is wrong with a line, and the field. */
class LineError extends Error {}

function row(value: unknown) {
  if (value === undefined) throw new LineError("not JSON");
  const object = objectSchema.safeParse(value).data;
  if (object === undefined) throw new LineError("not a JSON object");
  if (object["messages"] === undefined && object["prompt"] === undefined)
    throw new LineError("prompt or messages is missing");
  const read = (object["messages"] === undefined ? promptSchema : messagesSchema).safeParse(object);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new LineError(`${issue?.path.join(".") ?? "?"}: ${issue?.message ?? "?"}`);
}

let failed = false;

function answer(line: string, number: number): unknown {
  const value = parsedJson(line);
  try {
    const { id = String(number), ...conversation } = row(value);
    return classify(id, conversation);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    failed = true;
    return { id: idOf(value, number), error: `line ${number}: ${error.message}` };
  }
}

/** Of a line that was refused: its own id, else its number; null where its own could not be read. */
function idOf(value: unknown, number: number): string | null {
  const object = objectSchema.safeParse(value).data;
  if (object === undefined) return null;
  return object["id"] === undefined ? String(number) : (idSchema.safeParse(object["id"]).data ?? null);
}

async function* answers() {
  let number = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() !== "") yield `${JSON.stringify(answer(line, number))}\n`;
  }
}

await runScript(CLASSIFY, async () => {
  // A terminal in place of a pipe looks as if nothing happened.
  if (process.stdin.isTTY) console.error("Reading JSON lines from the terminal; Ctrl-D ends them.");
  // A reader that has seen enough (`| head`) closes the pipe; that is no error of ours.
  process.stdout.on("error", (error: Error) => {
    if ("code" in error && error.code === "EPIPE") process.exit();
    throw error;
  });
  await pipeline(Readable.from(answers()), process.stdout);
  process.exitCode = failed ? 1 : 0;
});
