/** `npm run engines`: real llama.cpp servers behind the router, one of them stopped and started under load. */
import { join } from "node:path";
import { type FlagValues, integer } from "./cli/arguments.ts";
import { usageError } from "./cli/failure.ts";
import { runScript } from "./shared/script.ts";
import { startEngine, type RunningEngine } from "./traffic/engine.ts";
import { promptsOf } from "./traffic/prompts.ts";
import { startRouter } from "./traffic/router.ts";
import { type Line, clientOf, printLines, sendAll } from "./traffic/send.ts";

const ENGINES = {
  command: "npm run engines",
  summary: `Starts a llama.cpp server for each model and a router in front of them, sends prompts through the official openai
package (every second one streamed), kills the first server after a third of them, starts it again after two thirds,
and compares what clients were told with the servers' own /metrics.`,
  flags: {
    "llama-server": { value: "PATH", help: "llama.cpp's server; needed" },
    model: { value: "FILE.gguf", help: "a model; at least one is needed, more may be given", many: true },
    count: { value: "N", help: "how many requests (120)", problem: integer(1, 1_000_000) },
    parallel: { value: "N", help: "how many at a time (8)", problem: integer(1, 1000) },
    "max-tokens": { value: "N", help: "max_tokens of every request (64)", problem: integer(1, 1_000_000) },
  },
} as const;

const root = join(import.meta.dirname, "..");
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

async function main(given: FlagValues): Promise<void> {
  const value = (name: keyof typeof ENGINES.flags) => given.get(name)?.[0];
  const [binary, models] = [value("llama-server"), given.get("model") ?? []];
  if (binary === undefined) throw usageError("--llama-server PATH is missing");
  if (models.length === 0) throw usageError("--model FILE.gguf is missing");
  const engines = await Promise.all(models.map((model) => startEngine(binary, model)));
  const [first] = engines;
  const router = await startRouter(
    root,
    engines.map(({ url }) => url),
  );
  // The start's own first request is no part of the count.
  await Promise.all(engines.map((engine) => engine.reset()));
  const count = Number(value("count") ?? 120);
  try {
    const from = Date.now();
    const lines = await sendAll({
      client: clientOf(router.origin, router.apiKey),
      prompts: promptsOf(join(root, "bench", "prompts.jsonl")),
      count,
      parallel: Number(value("parallel") ?? 8),
      // Without its prompt cache a server counts every prompt token that clients are told of.
      more: { max_tokens: Number(value("max-tokens") ?? 64), cache_prompt: false },
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

await runScript(ENGINES, main);
