/** `npm run --silent classify`: JSON lines `{"id","messages"}` or `{"id","prompt"}` in, one JSON line of traits each out. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { classify } from "../src/classify/classify.ts";
import { chatRequestSchema } from "../src/domain/chat.ts";

const idSchema = z.union([z.string(), z.number()]).transform(String);
const lineSchema = z.union([
  chatRequestSchema
    .pick({
      messages: true,
      tools: true,
      response_format: true,
      max_tokens: true,
      max_completion_tokens: true,
    })
    .extend({ id: idSchema }),
  z
    .object({ id: idSchema, prompt: z.string() })
    .transform(({ id, prompt }) => ({ id, messages: [{ role: "user" as const, content: prompt }] })),
]);

const identified = z.looseObject({ id: idSchema });

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

let failed = false;

function answer(line: string, number: number): string {
  const value = parsed(line);
  const row = lineSchema.safeParse(value);
  if (row.success) return `${JSON.stringify(classify(row.data.id, row.data))}\n`;
  failed = true;
  const id = identified.safeParse(value).data?.id ?? null;
  const reason =
    value === undefined ? "not JSON" : 'expected {"id", "messages"} or {"id", "prompt"} as in a chat request';
  return `${JSON.stringify({ id, error: `line ${number}: ${reason}` })}\n`;
}

async function* answers() {
  let number = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() !== "") yield answer(line, number);
  }
}

await pipeline(Readable.from(answers()), process.stdout);
process.exitCode = failed ? 1 : 0;
