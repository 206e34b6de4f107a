import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { DecisionRecord } from "../../src/domain/record.ts";
import worker from "../../src/index.ts";
import { messageOf } from "../../src/store/decision-queue.ts";
import { admin, call, errorOf, json, setUp } from "./world.ts";
import { record } from "./records.ts";

beforeAll(setUp);

const textOf = (records: readonly DecisionRecord[]) => messageOf(records).text ?? "";
const deliver = async (queue: string, bodies: readonly string[]) => {
  const messages = bodies.map((body, index) => ({
    id: `m-${index}`,
    timestamp: new Date(1000 + index),
    attempts: 1,
    body,
  }));
  const batch = createMessageBatch<string>(queue, messages);
  await worker.queue(batch, env);
  return getQueueResult(batch, createExecutionContext());
};
const listSchema = z.looseObject({
  data: z.array(z.looseObject({ id: z.string() })),
  next: z.string().nullable(),
});
const list = async (query: string) => listSchema.parse(await (await admin(`/decisions${query}`)).json());

describe("the consumer", () => {
  it("writes a message of records, and one that comes twice counts once", async () => {
    const message = textOf([
      record("a", { atMs: 1000 }),
      record("b", { atMs: 2000, pool: "h100", status: 502, reason: "fallback_error" }),
      record("c", { atMs: 3000 }),
    ]);
    expect((await deliver("pointsman-decisions", [message])).explicitAcks).toEqual(["m-0"]);
    await deliver("pointsman-decisions", [message]);
    expect((await list("")).data.map(({ id }) => id)).toEqual(["c", "b", "a"]);
    expect(await json(await admin("/decisions/b"))).toEqual(
      record("b", { atMs: 2000, pool: "h100", status: 502, reason: "fallback_error" }),
    );
  });

  it("asks for the message again when the database fails, and loses nothing", async () => {
    await env.LOG.exec("ALTER TABLE decisions RENAME TO away");
    const result = await deliver("pointsman-decisions", [textOf([record("z")])]);
    await env.LOG.exec("ALTER TABLE away RENAME TO decisions");
    expect([result.explicitAcks, result.retryMessages]).toEqual([[], [{ msgId: "m-0" }]]);
  });

  it("a message that cannot be read holds up none of the others", async () => {
    const result = await deliver("pointsman-decisions", ["{broken", textOf([record("d", { atMs: 10 })])]);
    expect([result.explicitAcks, result.retryMessages.map(({ msgId }) => msgId)]).toEqual([["m-1"], ["m-0"]]);
    await env.LOG.exec("DELETE FROM decisions WHERE id = 'd'");
  });

  it("keeps what was given up, apart", async () => {
    await deliver("pointsman-decisions-dead", ["[lost]"]);
    const row = await env.LOG.prepare("SELECT at_ms, body FROM dead_decisions WHERE id = 'm-0'").first();
    expect(row).toEqual({ at_ms: 1000, body: "[lost]" });
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

it("a request that was refused before a decision is on record, without what it said", async () => {
  const answer = await call("/v1/chat/completions", { body: { model: "auto", messages: "canary" } });
  const id = answer.headers.get("x-pointsman-decision") ?? "";
  const kept = await vi.waitFor(
    async () => {
      const found = await admin(`/decisions/${id}`);
      return found.status === 200 ? found.text() : Promise.reject(new Error("not there yet"));
    },
    { timeout: 20_000, interval: 100 },
  );
  expect(JSON.parse(kept)).toMatchObject({
    status: 400,
    key: "dev",
    reason: "rejected_request",
    errorKind: "invalid_request",
    task: null,
    decision: null,
  });
  expect(kept).not.toContain("canary");
});
