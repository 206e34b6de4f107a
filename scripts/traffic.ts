/** `npm run traffic`: prompts through the official `openai` package, and where they went. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { z } from "zod";
import { readDevVars } from "./launch/dev-vars.ts";
import { type Line, clientOf, printLines, sendAll, tally } from "./traffic/send.ts";

const HELP = `npm run traffic -- [--count 200] [--parallel 8] [--prompts FILE.jsonl] [--max-tokens N] [--weight0 POOL] [--url URL]
Sends prompts (every second one streamed) and prints the share of each pool and task, and the cost beside the
baseline target's. --weight0 sets a pool's weight to 0 half-way and tells when its share reached zero.`;

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "200" },
    parallel: { type: "string", default: "8" },
    prompts: { type: "string", default: "bench/prompts.jsonl" },
    "max-tokens": { type: "string" },
    weight0: { type: "string" },
    url: { type: "string", default: "http://localhost:8787" },
    help: { type: "boolean", default: false },
  },
});

const promptSchema = z.looseObject({ prompt: z.string() });
const devVars = await readDevVars(".dev.vars");
const key = process.env["POINTSMAN_API_KEY"] ?? devVars["DEV_API_KEY"] ?? "";
const token = process.env["POINTSMAN_ADMIN_TOKEN"] ?? devVars["ADMIN_TOKEN"] ?? "";
const client = clientOf(values.url, key);
const admin = (path: string, init: RequestInit = {}) =>
  fetch(`${values.url}/admin/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  });

async function main(): Promise<void> {
  const prompts = readFileSync(values.prompts, "utf8")
    .trim()
    .split("\n")
    .map((line) => promptSchema.parse(JSON.parse(line)).prompt);
  const from = Date.now();
  const [count, half] = [Number(values.count), Math.floor(Number(values.count) / 2)];
  let patchedAt: number | null = null;
  const lines = await sendAll({
    client,
    prompts,
    count,
    parallel: Number(values.parallel),
    more: values["max-tokens"] === undefined ? {} : { max_tokens: Number(values["max-tokens"]) },
    before: async (index) => {
      if (index === half && values.weight0 !== undefined) patchedAt = await weightZero(values.weight0);
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
  reportWeightZero(lines, patchedAt);
  await reportLog(from);
}

async function weightZero(pool: string): Promise<number> {
  const answer = await admin(`/pools/${pool}`, { method: "PATCH", body: '{"weight":0}' });
  const { effect } = z.looseObject({ effect: z.unknown() }).parse(await answer.json());
  console.log(`PATCH weight 0 on ${pool}: ${answer.status}; effect ${JSON.stringify(effect)}`);
  return Date.now();
}

function reportWeightZero(lines: readonly Line[], patchedAt: number | null): void {
  if (patchedAt === null) return;
  const late = lines
    .filter(({ at, pool }) => at > patchedAt && pool === values.weight0)
    .map(({ at }) => at - patchedAt);
  const last = late.length === 0 ? "" : `, the last ${Math.max(...late)} ms after`;
  console.log(`requests sent to ${values.weight0} after the PATCH answered: ${late.length}${last}`);
}

async function reportLog(from: number): Promise<void> {
  // Records are gathered for a moment, queued and written: the last ones need a few seconds.
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const stats = z
    .looseObject({
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
    })
    .parse(await (await admin(`/stats?from=${from}`)).json());
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

if (values.help) console.log(HELP);
else await main();
