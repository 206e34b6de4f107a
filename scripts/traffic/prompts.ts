/** The prompts of a file, one JSON object with `prompt` a line. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { quoted, usageError } from "../cli/failure.ts";
import { parsedJson } from "../cli/text.ts";

const promptSchema = z.looseObject({ prompt: z.string() });

export function promptsOf(path: string): string[] {
  const lines = textOf(path)
    .split("\n")
    .map((text, index) => ({ text, number: index + 1 }))
    .filter(({ text }) => text.trim() !== "");
  if (lines.length === 0) throw usageError(`${quoted(path)} holds no prompt`);
  return lines.map(({ text, number }) => {
    const row = promptSchema.safeParse(parsedJson(text));
    if (!row.success) throw usageError(`${quoted(path)}, line ${number}: expected {"prompt": "…"}`);
    return row.data.prompt;
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw usageError(`${quoted(path)} cannot be read (${code})`);
  }
}
