/** `npm run traffic`: prompts through the official `openai` package, and where they went. */
import { z } from "zod";
import { type Api, read } from "./cli/api.ts";
import { type FlagValues, integer } from "./cli/arguments.ts";
import { readDevVars } from "./launch/dev-vars.ts";
import { runScript } from "./shared/script.ts";
import { placeOf } from "./traffic/place.ts";
import { promptsOf } from "./traffic/prompts.ts";
import { type Line, clientOf, printLines, sendAll, tally } from "./traffic/send.ts";

const TRAFFIC = {
  command: "npm run traffic",
  summary: `Sends prompts, every second one streamed, and prints the share of each pool and task, and the cost beside the
baseline target's.`,
  flags: {
    count: { value: "N", help: "how many requests (200)", problem: integer(1, 1_000_000) },
    parallel: { value: "N", help: "how many at a time (8)", problem: integer(1, 1000) },
    prompts: { value: "FILE", help: 'a prompt a line, as {"prompt": "…"} (bench/prompts.jsonl)' },
    "max-tokens": { value: "N", help: "max_tokens of every request", problem: integer(1, 1_000_000) },
    weight0: {
      value: "POOL",
      help: "sets a pool's weight to 0 half-way, and tells when its share reached zero",
    },
    url: { value: "URL", help: "where the router is (POINTSMAN_URL, else http://localhost:8787)" },
  },
  environment: [
    ["POINTSMAN_URL", "where the router is"],
    ["POINTSMAN_API_KEY", "its API key; of a local router else DEV_API_KEY in ./.dev.vars"],
    ["POINTSMAN_ADMIN_TOKEN", "its admin token; of a local router else ADMIN_TOKEN in ./.dev.vars"],
  ],
} as const;

async function main(given: FlagValues): Promise<void> {
  const value = (name: keyof typeof TRAFFIC.flags) => given.get(name)?.[0];
  const prompts = promptsOf(value("prompts") ?? "bench/prompts.jsonl");
  const { url, apiKey, admin } = await placeOf(value("url"), {
    fetch: (request) => fetch(request),
    env: process.env,
    devVars: () => readDevVars(".dev.vars"),
  });
  const count = Number(value("count") ?? 200);
  const [maxTokens, emptied] = [value("max-tokens"), value("weight0")];
  const from = Date.now();
  let patchedAt: number | null = null;
  const lines = await sendAll({
    client: clientOf(url, apiKey),
    prompts,
    count,
    parallel: Number(value("parallel") ?? 8),
    more: maxTokens === undefined ? {} : { max_tokens: Number(maxTokens) },
    before: async (index) => {
      if (index === Math.floor(count / 2) && emptied !== undefined)
        patchedAt = await weightZero(admin, emptied);
    },
  });
  printLines(lines, (Date.now() - from) / 1000);
  console.table(
    Object.fromEntries(
      Object.keys(tally(lines, ({ task }) => task)).map((task) => [
        task,
        tally(
          lines.filter((line) => line.task === task),
          ({ pool }) => pool,
        ),
      ]),
    ),
  );
  if (patchedAt !== null && emptied !== undefined) reportWeightZero(lines, patchedAt, emptied);
  await reportLog(admin, from);
}

async function weightZero(admin: Api, pool: string): Promise<number> {
  const answer = await admin(`/pools/${encodeURIComponent(pool)}`, { method: "PATCH", body: '{"weight":0}' });
  const { effect } = read(answer, z.looseObject({ effect: z.unknown() }));
  console.log(`PATCH weight 0 on ${pool}; effect ${JSON.stringify(effect)}`);
  return Date.now();
}

function reportWeightZero(lines: readonly Line[], patchedAt: number, emptied: string): void {
  const late = lines
    .filter(({ at, pool }) => at > patchedAt && pool === emptied)
    .map(({ at }) => at - patchedAt);
  const last = late.length === 0 ? "" : `, the last ${Math.max(...late)} ms after`;
  console.log(`requests sent to ${emptied} after the PATCH answered: ${late.length}${last}`);
}

const statsSchema = z.looseObject({
  total: z.looseObject({ requests: z.number(), costUsd: z.number(), baselineUsd: z.number() }),
  pools: z.array(
    z.looseObject({
      pool: z.string(),
      requests: z.number(),
      errors: z.number(),
      costUsd: z.number(),
      baselineUsd: z.number(),
      latencyMs: z.looseObject({ ttftMean: z.number().nullable(), totalMean: z.number().nullable() }),
    }),
  ),
});

async function reportLog(admin: Api, from: number): Promise<void> {
  // Records are gathered for a moment, queued and written: the last ones need a few seconds.
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const stats = read(await admin(`/stats?from=${from}`), statsSchema);
  console.log(
    `in the log: ${stats.total.requests} decisions, ${stats.total.costUsd.toFixed(6)} USD beside ${stats.total.baselineUsd.toFixed(6)} USD on the baseline target`,
  );
  console.table(
    stats.pools.map(({ pool, requests, errors, costUsd, baselineUsd, latencyMs }) => ({
      pool,
      requests,
      errors,
      costUsd,
      baselineUsd,
      ttftMs: latencyMs.ttftMean === null ? null : Math.round(latencyMs.ttftMean),
      totalMs: latencyMs.totalMean === null ? null : Math.round(latencyMs.totalMean),
    })),
  );
}

await runScript(TRAFFIC, main);
