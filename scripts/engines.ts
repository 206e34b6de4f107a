/** `npm run engines`: real llama.cpp servers behind the router, one of them stopped and started under load. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { startEngine, type RunningEngine } from "./traffic/engine.ts";
import { startRouter } from "./traffic/router.ts";
import { type Line, clientOf, printLines, sendAll } from "./traffic/send.ts";

const HELP = `npm run engines -- --llama-server PATH --model A.gguf [--model B.gguf …] [--count 120] [--parallel 8] [--max-tokens 64]
Starts a llama.cpp server for each model and a router in front of them, sends prompts through the official openai
package (every second one streamed), kills the first server after a third of them, starts it again after two thirds,
and compares what clients were told with the servers' own /metrics.`;

const { values } = parseArgs({
  options: {
    "llama-server": { type: "string" },
    model: { type: "string", multiple: true, default: [] },
    count: { type: "string", default: "120" },
    parallel: { type: "string", default: "8" },
    "max-tokens": { type: "string", default: "64" },
    help: { type: "boolean", default: false },
  },
});

const promptSchema = z.looseObject({ prompt: z.string() });
const root = join(import.meta.dirname, "..");
const promptsOf = (path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => promptSchema.parse(JSON.parse(line)).prompt);

const sum = (lines: readonly Line[], read: (line: Line) => number) =>
  lines.reduce((total, line) => total + read(line), 0);

/** What clients of a pool were told beside what its server counted; a killed server counted what nobody was told. */
async function compare(engines: readonly RunningEngine[], lines: readonly Line[]): Promise<void> {
  const rows = await Promise.all(
    engines.map(async (engine) => {
      const told = lines.filter((line) => line.pool === engine.poolId && line.ok);
      const counted = await engine.counted();
      return {
        pool: engine.poolId,
        answered: told.length,
        promptTokensTold: sum(told, (line) => line.promptTokens),
        promptTokensCounted: counted.promptTokens,
        answerTokensTold: sum(told, (line) => line.answerTokens),
        answerTokensCounted: counted.answerTokens,
      };
    }),
  );
  console.table(rows);
}

async function run(binary: string): Promise<void> {
  const engines = await Promise.all(values.model.map((model) => startEngine(binary, model)));
  const [first] = engines;
  const router = await startRouter(
    root,
    engines.map(({ url }) => url),
  );
  // The start's own first request is no part of the count.
  await Promise.all(engines.map((engine) => engine.reset()));
  const count = Number(values.count);
  try {
    const from = Date.now();
    const lines = await sendAll({
      client: clientOf(router.origin, router.apiKey),
      prompts: promptsOf(join(root, "bench", "prompts.jsonl")),
      count,
      parallel: Number(values.parallel),
      // Without its prompt cache a server counts every prompt token that clients are told of.
      more: { max_tokens: Number(values["max-tokens"]), cache_prompt: false },
      before: async (index) => {
        if (index === Math.floor(count / 3)) await first?.kill();
        if (index === Math.floor((2 * count) / 3)) await first?.start();
      },
    });
    printLines(lines, (Date.now() - from) / 1000);
    await compare(engines, lines);
  } finally {
    await router.stop();
    await Promise.all(engines.map((engine) => engine.kill()));
  }
}

if (values.help) console.log(HELP);
else if (values["llama-server"] === undefined || values.model.length === 0) {
  console.error(`--llama-server and at least one --model are needed.\n${HELP}`);
  process.exitCode = 2;
} else await run(values["llama-server"]);
