/** Answer lengths on public prompts that the model has not seen: their order, their level, and the level after some answers. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { classify } from "../src/classify/classify.ts";
import { corrected, noneSeen, withAnswer } from "../src/classify/correction.ts";
import type { Task } from "../src/domain/traits.ts";
import { dice, shuffle } from "./fit.ts";
import { median, spearman } from "./measures.ts";

/** Re-Align/just-eval (MIT), M-IFEval's English part (Apache-2.0), GPTeacher's role-play (MIT), P3 templates. */
const FILE = "output_length.jsonl";
const CHARACTERS_PER_TOKEN = 4;
const ANSWERS = 50;

const schema = z.object({ prompt: z.string(), outputChars: z.number().min(1), source: z.string() });
type Row = z.infer<typeof schema>;

const tokensOf = ({ outputChars }: Row): number => Math.max(1, outputChars / CHARACTERS_PER_TOKEN);
const read = ({ prompt }: Row, octaves: Partial<Record<Task, number>>) =>
  classify("", { messages: [{ role: "user", content: prompt }] }, octaves);
const errorsOf = (rows: readonly Row[], octaves: Partial<Record<Task, number>>) =>
  rows.map((row) => Math.abs(Math.log2(tokensOf(row) / read(row, octaves).outputTokens.p50)));

/** What a deployment would have learned of its first answers. */
function learned(rows: readonly Row[]): Partial<Record<Task, number>> {
  const octaves: Partial<Record<Task, number>> = {};
  for (const row of rows) {
    const { task, evidence, outputTokens } = read(row, octaves);
    if (evidence === "none") continue;
    octaves[task] = corrected(octaves[task] ?? 0, withAnswer(noneSeen, tokensOf(row), outputTokens.p50));
  }
  return octaves;
}

/** A table by source; null where the file is not there. */
export function levelsTable(folder: string): string | null {
  const path = join(folder, FILE);
  if (!existsSync(path)) return null;
  const rows = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => schema.parse(JSON.parse(line)));
  const lines = [...Map.groupBy(rows, ({ source }) => source)].map(([source, own]) => {
    const mixed = shuffle([...own], dice(3));
    const [first, rest] = [mixed.slice(0, ANSWERS), mixed.slice(ANSWERS)];
    const rank = spearman(
      rest.map((row) => read(row, {}).outputTokens.p50),
      rest.map(tokensOf),
    );
    const [before, after] = [errorsOf(rest, {}), errorsOf(rest, learned(first))].map(median);
    return `| ${source} | ${own.length} | ${rank.toFixed(2)} | ${(before ?? 0).toFixed(2)} | ${(after ?? 0).toFixed(2)} |`;
  });
  return [
    `| public source | prompts | length, Spearman | median error in octaves | after ${ANSWERS} answers |`,
    "|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}
