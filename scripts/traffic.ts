/** `npm run traffic`: prompts through the official `openai` package, and where they went. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import { z } from "zod";
import { keepDevVars } from "./launch/dev-vars.ts";

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

type Line = {
  readonly at: number;
  readonly ok: boolean;
  readonly pool: string;
  readonly task: string;
  readonly reason: string;
  readonly ms: number;
  readonly error: string;
  readonly cut: boolean;
};
const promptSchema = z.looseObject({ prompt: z.string() });
const devVars = await keepDevVars(".dev.vars");
const key = process.env["POINTSMAN_API_KEY"] ?? devVars["DEV_API_KEY"] ?? "";
const token = process.env["POINTSMAN_ADMIN_TOKEN"] ?? devVars["ADMIN_TOKEN"] ?? "";
const client = new OpenAI({ baseURL: `${values.url}/v1`, apiKey: key, maxRetries: 0, timeout: 600_000 });
const admin = (path: string, init: RequestInit = {}) =>
  fetch(`${values.url}/admin/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  });

async function one(prompt: string, index: number): Promise<Line> {
  const startedAt = Date.now();
  const messages = [{ role: "user" as const, content: prompt }];
  const limit = values["max-tokens"] === undefined ? {} : { max_tokens: Number(values["max-tokens"]) };
  const facts = { pool: "none", task: "none", reason: "none", cut: false };
  const read = (headers: Headers) =>
    Object.assign(facts, {
      pool: headers.get("x-pointsman-pool"),
      task: headers.get("x-pointsman-task"),
      reason: headers.get("x-pointsman-reason"),
    });
  try {
    if (index % 2 === 0) {
      const { data, response } = await client.chat.completions
        .create({ model: "auto", messages, ...limit })
        .withResponse();
      read(response.headers);
      if ((data.choices[0]?.message.content ?? "") === "") throw new Error("an empty answer");
    } else {
      const { data, response } = await client.chat.completions
        .create({ model: "auto", messages, ...limit, stream: true, stream_options: { include_usage: true } })
        .withResponse();
      read(response.headers);
      let tokens = 0;
      for await (const chunk of data) {
        facts.cut = true;
        tokens = chunk.usage?.completion_tokens ?? tokens;
      }
      facts.cut = false;
      if (tokens === 0) throw new Error("a stream without usage");
    }
    return { at: startedAt, ok: true, ms: Date.now() - startedAt, error: "", ...facts };
  } catch (error) {
    if (error instanceof OpenAI.APIError && error.headers !== undefined) read(error.headers);
    return {
      at: startedAt,
      ok: false,
      ms: Date.now() - startedAt,
      error: error instanceof Error ? error.message.slice(0, 160) : "unknown",
      ...facts,
    };
  }
}

async function run(
  prompts: readonly string[],
  count: number,
  parallel: number,
): Promise<{ lines: Line[]; patchedAt: number | null }> {
  const lines: Line[] = [];
  let [next, patchedAt] = [0, null as number | null];
  const work = async () => {
    for (let index = next++; index < count; index = next++) {
      if (index === Math.floor(count / 2) && values.weight0 !== undefined) {
        const answer = await admin(`/pools/${values.weight0}`, { method: "PATCH", body: '{"weight":0}' });
        console.log(
          `PATCH weight 0 on ${values.weight0}: ${answer.status}; effect ${JSON.stringify(z.looseObject({ effect: z.unknown() }).parse(await answer.json()).effect)}`,
        );
        patchedAt = Date.now();
      }
      lines.push(await one(prompts[index % prompts.length] ?? "hi", index));
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return { lines, patchedAt };
}

const count = (lines: readonly Line[], read: (line: Line) => string) => {
  const counts: Record<string, number> = {};
  for (const line of lines) counts[read(line)] = (counts[read(line)] ?? 0) + 1;
  return counts;
};

async function main(): Promise<void> {
  const prompts = readFileSync(values.prompts, "utf8")
    .trim()
    .split("\n")
    .map((line) => promptSchema.parse(JSON.parse(line)).prompt);
  const from = Date.now();
  const { lines, patchedAt } = await run(prompts, Number(values.count), Number(values.parallel));
  const failed = lines.filter(({ ok }) => !ok);
  console.log(
    `${lines.length} requests in ${((Date.now() - from) / 1000).toFixed(1)} s: ${lines.length - failed.length} answered, ${failed.length} failed (${failed.filter(({ cut }) => cut).length} of them cut after their first content)`,
  );
  console.log(
    "per pool",
    count(lines, ({ pool }) => pool),
    "per reason",
    count(lines, ({ reason }) => reason),
  );
  console.table(
    Object.fromEntries(
      Object.keys(count(lines, ({ task }) => task)).map((task) => [
        task,
        count(
          lines.filter((line) => line.task === task),
          ({ pool }) => pool,
        ),
      ]),
    ),
  );
  for (const [error, times] of Object.entries(count(failed, ({ error: text }) => text)))
    console.log(`${times} x ${error}`);
  if (patchedAt !== null) {
    const late = lines
      .filter(({ at, pool }) => at > patchedAt && pool === values.weight0)
      .map(({ at }) => at - patchedAt);
    console.log(
      `requests sent to ${values.weight0} after the PATCH answered: ${late.length}${late.length === 0 ? "" : `, the last ${Math.max(...late)} ms after`}`,
    );
  }
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
