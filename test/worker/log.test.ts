import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { DecisionRecord } from "../../src/domain/record.ts";
import worker from "../../src/index.ts";
import { batchLength, emptyBuffer, enqueue } from "../../src/store/decision-queue.ts";
import { admin, errorOf, json, setUp } from "./world.ts";
import { record } from "./records.ts";

beforeAll(setUp);

const deliver = async (queue: string, records: readonly DecisionRecord[]) => {
  const batch = createMessageBatch<DecisionRecord>(
    queue,
    records.map((body, index) => ({
      id: `m-${body.id}`,
      timestamp: new Date(1000 + index),
      attempts: 1,
      body,
    })),
  );
  const ctx = createExecutionContext();
  await worker.queue(batch, env);
  return getQueueResult(batch, ctx);
};
const listSchema = z.looseObject({
  data: z.array(z.looseObject({ id: z.string() })),
  next: z.string().nullable(),
});
const list = async (query: string) => listSchema.parse(await (await admin(`/decisions${query}`)).json());

describe("the consumer", () => {
  it("writes a batch, and a batch that comes twice counts once", async () => {
    const records = [
      record("a", { atMs: 1000 }),
      record("b", { atMs: 2000, pool: "h100", status: 502, reason: "fallback_error" }),
      record("c", { atMs: 3000 }),
    ];
    expect((await deliver("pointsman-decisions", records)).ackAll).toBe(true);
    await deliver("pointsman-decisions", records);
    expect((await list("")).data.map(({ id }) => id)).toEqual(["c", "b", "a"]);
  });

  it("asks for the batch again when the database fails, and loses nothing", async () => {
    await env.LOG.exec("ALTER TABLE decisions RENAME TO away");
    const batch = createMessageBatch<DecisionRecord>("pointsman-decisions", [
      { id: "m-z", timestamp: new Date(0), attempts: 1, body: record("z") },
    ]);
    await worker.queue(batch, env);
    const result = await getQueueResult(batch, createExecutionContext());
    await env.LOG.exec("ALTER TABLE away RENAME TO decisions");
    expect([result.ackAll, result.retryBatch.retry]).toEqual([false, true]);
  });

  it("keeps what was given up, apart", async () => {
    await deliver("pointsman-decisions-dead", [record("lost")]);
    const row = await env.LOG.prepare("SELECT body FROM dead_decisions WHERE id = ?").bind("m-lost").first();
    expect(JSON.stringify(row)).toContain("lost");
  });
});

describe("GET decisions", () => {
  it.each([
    ["?pool=h100", ["b"]],
    ["?status=502", ["b"]],
    ["?reason=fallback_error", ["b"]],
    ["?task=classification&from=1970-01-01T00:00:02Z", ["c", "b"]],
    ["?to=1970-01-01T00:00:02Z", ["a"]],
    ["?key=nobody", []],
  ])("%s", async (query, ids) => {
    expect((await list(query)).data.map(({ id }) => id)).toEqual(ids);
  });

  it("pages to the end, each row once", async () => {
    const first = await list("?limit=2");
    const second = await list(`?limit=2&cursor=${first.next ?? ""}`);
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(["c", "b", "a"]);
    expect(second.next).toBeNull();
  });

  it("as CSV and as NDJSON", async () => {
    const csv = await (await admin("/decisions?format=csv&pool=h100")).text();
    expect(csv.split("\r\n").map((line) => line.split(",").slice(0, 4).join(","))).toEqual([
      "id,at,key,status",
      "b,1970-01-01T00:00:02.000Z,dev,502",
      "",
    ]);
    const lines = (await (await admin("/decisions?format=ndjson")).text()).trim().split("\n");
    expect(lines.map((line) => z.looseObject({ id: z.string() }).parse(JSON.parse(line)).id)).toEqual([
      "c",
      "b",
      "a",
    ]);
  });

  it.each([
    "?task=cooking",
    "?reason=mood",
    "?status=9",
    "?from=yesterday",
    "?limit=0",
    "?cursor=;drop",
    "?colour=red",
    "?format=xml",
  ])("refuses %s and names it", async (query) => {
    const answer = await admin(`/decisions${query}`);
    expect([answer.status, (await errorOf(answer)).param]).toEqual([400, /\?(\w+)/.exec(query)?.[1]]);
  });

  it("one by its id, with every target's terms or filter", async () => {
    expect(await json(await admin("/decisions/b"))).toMatchObject({
      id: "b",
      decision: { targets: [{ verdict: "candidate" }, { verdict: "rejected", filter: "quality" }] },
    });
    expect((await admin("/decisions/nobody")).status).toBe(404);
  });
});

it("stats sum per pool and task, with savings against the baseline", async () => {
  expect(await json(await admin("/stats"))).toMatchObject({
    total: {
      requests: 3,
      errors: 1,
      inputTokens: 30,
      outputTokens: 15,
      costUsd: 0.000003,
      baselineUsd: 0.000012,
      savingsUsd: 0.000009,
      fit: { fit: 3 },
    },
    pools: [
      { pool: "altra", requests: 2 },
      { pool: "h100", requests: 1, errorRate: 1 },
    ],
    tasks: [{ task: "classification", requests: 3 }],
  });
});

describe("the way to the queue", () => {
  const noWait = () => Promise.resolve();
  it("tries again and keeps what the queue did not take", async () => {
    const buffer = emptyBuffer();
    let calls = 0;
    const problems: string[] = [];
    const down = { sendBatch: () => Promise.reject(new Error(`down ${(calls += 1)}`)) };
    await enqueue(buffer, record("a"), {
      queue: down,
      wait: noWait,
      now: () => 1000,
      problem: (event) => problems.push(event),
    });
    expect([calls, buffer.records.map(({ id }) => id), problems]).toEqual([
      3,
      ["a"],
      ["decision_log_delayed"],
    ]);
    const sent: unknown[] = [];
    const up = {
      sendBatch: (messages: Iterable<{ body: unknown }>) => {
        sent.push(...messages);
        return Promise.resolve({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
      },
    };
    await enqueue(buffer, record("b"), {
      queue: up,
      wait: noWait,
      now: () => 2000,
      problem: () => undefined,
    });
    expect([sent.length, buffer.records.length]).toEqual([2, 0]);
  });
  it("one request sends for all that come while it waits; one that is overdue is replaced", async () => {
    const buffer = emptyBuffer();
    const sent: unknown[] = [];
    const queue = {
      sendBatch: (messages: Iterable<unknown>) => {
        sent.push([...messages].length);
        return Promise.resolve({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
      },
    };
    const held = Promise.withResolvers<void>();
    const at = (nowMs: number) => ({
      queue,
      wait: () => held.promise,
      now: () => nowMs,
      problem: () => undefined,
    });
    const first = enqueue(buffer, record("a"), at(1000));
    expect([enqueue(buffer, record("b"), at(1100)), enqueue(buffer, record("c"), at(1800))]).toEqual([
      null,
      null,
    ]);
    expect(enqueue(buffer, record("d"), at(1900))).not.toBeNull();
    held.resolve();
    await first;
    expect(sent).toEqual([4]);
  });
  it("keeps batches under the platform's size, at least one record each", () => {
    const wide = record("w", { targets: 300 });
    expect([
      batchLength([wide, wide]),
      batchLength([record("a"), record("b")]),
      batchLength([record("x", { targets: 900 })]),
    ]).toEqual([1, 2, 1]);
  });
});
