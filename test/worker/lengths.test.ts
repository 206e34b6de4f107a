import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { consume } from "../../src/store/consume.ts";
import { lengthsSeen } from "../../src/store/lengths.ts";
import { record } from "./records.ts";
import { admin, chatBody, json, setUp } from "./world.ts";

const answered = (tokens: number, change: Readonly<Record<string, unknown>> = {}) => ({
  ...record("a"),
  usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens: tokens, estimated: false },
  ...change,
});
const expected = record("a").decision?.traits.outputTokens.p50 ?? 0;

describe("what a message of records says of lengths", () => {
  it.each([
    ["answers are counted, in octaves over what was expected", [answered(4 * expected)], 1, 2],
    ["two of them", [answered(2 * expected), answered(expected)], 2, 1],
    ["not one without usage", [answered(9, { usage: null })], 0, 0],
    ["not an estimate", [answered(9, { usage: { outputTokens: 9, estimated: true } })], 0, 0],
    ["not one that was cut", [answered(9, { aborted: true })], 0, 0],
    ["not a refusal", [answered(9, { status: 502 })], 0, 0],
    ["not one at its cap", [answered(9, { ask: { maxOutputTokens: 9, choices: 1 } })], 0, 0],
    [
      "each of several choices is one answer's length",
      [answered(8 * expected, { ask: { maxOutputTokens: null, choices: 4 } })],
      1,
      1,
    ],
  ])("%s", (_name, records, answers, octaves) => {
    const seen = lengthsSeen(JSON.stringify(records)).classification;
    expect([seen?.answers ?? 0, seen?.octaves ?? 0]).toEqual([answers, octaves]);
  });
});

describe("the registry object", () => {
  const registry = () => env.REGISTRY.get(env.REGISTRY.idFromName("registry"));
  it("learns, tells isolates by a revision, keeps it through a change, and the next decision expects it", async () => {
    await setUp();
    const prompt = chatBody("Is this review positive or negative? We waited an hour for the soup.");
    const decision = z.looseObject({
      traits: z.looseObject({ outputTokens: z.object({ p50: z.number(), p90: z.number() }) }),
    });
    const expectedNow = async () =>
      decision.parse(await json(await admin("/route", { body: prompt }))).traits.outputTokens.p90;
    const before = await expectedNow();
    const known = await registry().read(null, null);
    await registry().observe({ classification: { answers: 60, octaves: 160 } });
    const after = await registry().read(known?.version ?? null, known?.lengths?.revision ?? 0);
    expect(after?.lengths?.octaves.classification).toBe(2);
    expect(await registry().read(after?.version ?? null, after?.lengths?.revision ?? null)).toBeNull();
    await admin("/pools/altra", { method: "PATCH", body: { weight: 2 } });
    expect((await registry().read(null, null))?.lengths).toEqual(after?.lengths);
    expect((await expectedNow()) / before).toBeGreaterThan(3);
    await registry().observe({ classification: { answers: 10_000, octaves: -20_000 } });
  });
  it("a lesson that cannot be learned costs no record", async () => {
    const problems: string[] = [];
    let acked = 0;
    const message = {
      id: "m",
      timestamp: new Date(),
      attempts: 1,
      body: JSON.stringify([answered(5, { id: `lesson-${crypto.randomUUID()}` })]),
      ack: () => (acked += 1),
      retry: () => undefined,
    };
    const batch = {
      queue: "pointsman-decisions",
      messages: [message],
      ackAll: () => undefined,
      retryAll: () => undefined,
      metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    };
    await consume(batch, env.LOG, {
      problem: (event) => problems.push(event),
      observe: () => Promise.reject(new Error("down")),
    });
    expect([acked, problems]).toEqual([1, ["length_correction_failed"]]);
  });
});
