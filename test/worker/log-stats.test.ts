import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { LOG_LIMITS, writeDecisions } from "../../src/store/decision-log.ts";
import { record } from "./records.ts";
import { admin, json, setUp } from "./world.ts";

beforeAll(setUp);

const stats = async (query = "") => json(await admin(`/stats${query}`));
const POOLS = LOG_LIMITS.statsPoolsMax + 10;

describe("sums", () => {
  it("of an empty log are zeros, and its means are absent", async () => {
    expect(await stats()).toMatchObject({
      total: {
        requests: 0,
        errorRate: 0,
        costUsd: 0,
        latencyMs: { ttftMean: null, totalMean: null, totalMax: 0 },
      },
      pools: [],
      tasks: [],
    });
  });

  it("a mean of first tokens counts only the requests that had one, in each group and in all", async () => {
    const plain = Array.from({ length: 8 }, (_, index) => ({ ...record(`p-${index}`), ttftMs: null }));
    const reasoned = { ...record("other"), task: "reasoning" as const, ttftMs: 400 };
    await writeDecisions(env.LOG, JSON.stringify([...plain, record("one"), reasoned]));
    const latencyMs = { ttftMean: (10 + 400) / 2, totalMean: 20 };
    expect(await stats()).toMatchObject({
      total: { requests: 10, latencyMs },
      pools: [{ pool: "altra", requests: 10, latencyMs }],
      tasks: [
        { task: "classification", requests: 9, latencyMs: { ttftMean: 10 } },
        { task: "reasoning", requests: 1, latencyMs: { ttftMean: 400 } },
      ],
    });
    await env.LOG.exec("DELETE FROM decisions");
  });

  it("a request that no pool answered is under none", async () => {
    await writeDecisions(env.LOG, JSON.stringify([{ ...record("n"), pool: null, task: null }]));
    expect(await stats()).toMatchObject({ pools: [{ pool: "none" }], tasks: [{ task: "none" }] });
    await env.LOG.exec("DELETE FROM decisions");
  });

  it("in all and per task are of every pool, however many are shown", async () => {
    const text = JSON.stringify(record("ID", { pool: "POOL" }));
    await env.LOG.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
      INSERT INTO decisions (id, at_ms, key_name, status, reason, task, pool, stream, attempts, input_tokens, output_tokens, cost_nano_usd, total_ms, detail)
      SELECT 'i' || i, i, 'dev', 200, 'cheapest_capable', 'chat', 'p' || i, 0, 1, 10, 5, 1000, 20, ? FROM n`,
    )
      .bind(POOLS, text)
      .run();
    const shown = await stats();
    expect(shown).toMatchObject({
      total: { requests: POOLS, inputTokens: 10 * POOLS },
      tasks: [{ task: "chat", requests: POOLS, outputTokens: 5 * POOLS }],
    });
    expect(z.array(z.unknown()).parse(shown["pools"])).toHaveLength(LOG_LIMITS.statsPoolsMax);
    expect(await stats("?pool=p7")).toMatchObject({ total: { requests: 1 }, pools: [{ pool: "p7" }] });
  });
});
