/** `npm run --silent classify`: JSON lines of prompts on stdin, one JSON line of traits each on stdout, in order. */
import { createInterface } from "node:readline";
import { z } from "zod";
import { classify } from "../src/classify/classify.ts";
import { chatRequestSchema } from "../src/domain/chat.ts";

const HELP = `Reads JSON lines {"id","prompt"} or {"id","messages"} on stdin and writes one line of traits each, in order.
A line that cannot be read is answered in its place by {"id":null,"error":"line N: …"}, and the exit code is 1.`;

const id = z.union([z.string(), z.number()]).transform(String);
const lineSchema = z.union([
  z
    .looseObject({ id, prompt: z.string() })
    .transform((line) => ({ id: line.id, messages: [{ role: "user" as const, content: line.prompt }] })),
  chatRequestSchema
    .pick({
      messages: true,
      tools: true,
      response_format: true,
      max_tokens: true,
      max_completion_tokens: true,
    })
    .extend({ id }),
]);

function answer(line: string, number: number): { text: string; ok: boolean } {
  let input: unknown;
  try {
    input = JSON.parse(line);
  } catch {
    return { text: JSON.stringify({ id: null, error: `line ${number}: not valid JSON` }), ok: false };
  }
  const parsed = lineSchema.safeParse(input);
  if (!parsed.success)
    return {
      text: JSON.stringify({ id: null, error: `line ${number}: needs "id" and "prompt" or "messages"` }),
      ok: false,
    };
  return { text: JSON.stringify(classify(parsed.data.id, parsed.data)), ok: true };
}

if (process.argv.includes("--help")) {
  console.log(HELP);
} else {
  let number = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() === "") continue;
    const { text, ok } = answer(line, number);
    if (!ok) process.exitCode = 1;
    if (!process.stdout.write(`${text}\n`))
      await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
}
