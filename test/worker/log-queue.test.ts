import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { RECORDED_TARGETS_MAX } from "../../routes/record.ts";
import type { DecisionRecord } from "../../src/domain/record.ts";
import { QUEUE_LIMITS, emptyBuffer, enqueue, messageOf } from "../../src/store/decision-queue.ts";
import { record } from "./records.ts";

describe("the way to the queue", () => {
  const noWait = () => Promise.resolve();
  const lengthOf = (records: readonly DecisionRecord[]) => messageOf(records).text?.length;
  const metadata = { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  const idsOf = (text: string) =>
    z
      .array(z.looseObject({ id: z.string() }))
      .parse(JSON.parse(text))
      .map(({ id }) => id);
  it("tries again and keeps what the queue did not take", async () => {
    const buffer = emptyBuffer();
    let calls = 0;
    const [problems, printed]: [string[], string[]] = [[], []];
    const print = ({ id }: DecisionRecord) => printed.push(id);
    const down = { send: () => Promise.reject(new Error(`down ${(calls += 1)}`)) };
    await enqueue(buffer, record("a"), {
      queue: down,
      wait: noWait,
      now: () => 1000,
      print,
      problem: (event) => problems.push(event),
    });
    expect([calls, buffer.records.map(({ id }) => id), problems]).toEqual([
      3,
      ["a"],
      ["decision_log_delayed"],
    ]);
    const sent: string[][] = [];
    const up = {
      send: (text: string) => {
        sent.push(idsOf(text));
        return Promise.resolve(metadata);
      },
    };
    await enqueue(buffer, record("b"), {
      queue: up,
      wait: noWait,
      now: () => 2000,
      print,
      problem: () => undefined,
    });
    expect([sent, buffer.records.length]).toEqual([[["a", "b"]], 0]);
    expect(printed).toEqual(["a", "b"]);
  });
  it("one request sends for all that come while it waits; one that is overdue is replaced", async () => {
    const buffer = emptyBuffer();
    const sent: string[][] = [];
    const queue = {
      send: (text: string) => {
        sent.push(idsOf(text));
        return Promise.resolve(metadata);
      },
    };
    const held = Promise.withResolvers<void>();
    const at = (nowMs: number) => ({
      queue,
      wait: () => held.promise,
      now: () => nowMs,
      print: () => undefined,
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
    expect(sent).toEqual([["a", "b", "c", "d"]]);
  });
  it("keeps messages under the platform's size, at least one record each", () => {
    const wide = record("w", { targets: 600 });
    const many = Array.from({ length: 40 }, (_, index) => record(`r${index}`));
    expect([messageOf([wide, wide]).count, messageOf(many).count]).toEqual([1, QUEUE_LIMITS.recordsMax]);
    expect(lengthOf([wide, wide])).toBeLessThan(QUEUE_LIMITS.messageBytesMax);
  });
  it("a record with every bound reached fits a message", () => {
    const widest = record("w".repeat(36), { targets: RECORDED_TARGETS_MAX });
    expect(lengthOf([widest])).toBeLessThan(QUEUE_LIMITS.messageBytesMax / 2);
  });
});

describe("a record that is larger than a message", () => {
  const long = (index: number, length: number) => `${index}`.padEnd(length, "x");
  /** 200 pools with the longest ids and model names that a registry takes: 150 of their targets are recorded. */
  const widest = (id: string): DecisionRecord => {
    const base = record(id);
    const [candidate, rejected] = base.decision?.targets ?? [];
    if (base.decision === null || candidate === undefined || rejected === undefined)
      throw new Error("no decision");
    const named = (verdict: typeof candidate, index: number) => {
      const [pool, model] = [long(index, 64), long(index, 128)];
      return { ...verdict, pool, model, target: `${pool}/${model}` };
    };
    const targets = Array.from({ length: RECORDED_TARGETS_MAX }, (_, index) =>
      named(index % 10 === 0 ? rejected : candidate, index),
    );
    return { ...base, decision: { ...base.decision, targets, order: targets.map(({ target }) => target) } };
  };
  /** Nothing that may be left out makes this one fit. */
  const hopeless = { ...record("hopeless"), errorKind: "x".repeat(QUEUE_LIMITS.messageBytesMax) };
  const shortenedSchema = z.array(
    z.looseObject({
      id: z.string(),
      decision: z.looseObject({
        targets: z.array(z.looseObject({ verdict: z.string() })),
        order: z.array(z.string()),
        leftOut: z.object({ targets: z.number(), order: z.number() }).optional(),
      }),
    }),
  );

  it("goes out with fewer targets, candidates first, and says how many are left out", () => {
    const whole = widest("w");
    const { text } = messageOf([whole]);
    const [sent] = shortenedSchema.parse(JSON.parse(text ?? "[]"));
    const verdicts = sent?.decision.targets.map(({ verdict }) => verdict) ?? [];
    expect([JSON.stringify(whole).length > QUEUE_LIMITS.messageBytesMax, sent?.id]).toEqual([true, "w"]);
    expect(verdicts).toEqual(verdicts.toSorted());
    expect(verdicts.length).toBeGreaterThan(RECORDED_TARGETS_MAX / 2);
    expect(sent?.decision.leftOut?.targets).toBe(RECORDED_TARGETS_MAX - verdicts.length);
    expect((text ?? "").length).toBeLessThanOrEqual(QUEUE_LIMITS.messageBytesMax);
  });

  it("one that cannot fit is dropped with its id, and those behind it go out", async () => {
    const [buffer, problems, printed] = [emptyBuffer(), [] as unknown[], [] as string[]];
    buffer.records.push(record("a"), hopeless, widest("w"));
    await enqueue(buffer, record("b"), {
      queue: env.DECISIONS,
      wait: () => Promise.resolve(),
      now: () => 1000,
      print: ({ id }) => void printed.push(id),
      problem: (event, detail) => void problems.push([event, detail]),
    });
    expect([buffer.records, problems, printed]).toEqual([
      [],
      [["decision_log_dropped", { dropped: 1, ids: ["hopeless"] }]],
      ["a", "hopeless", "w", "b"],
    ]);
  });

  it("what is sent of it is what the log takes", async () => {
    const { text } = messageOf([widest("logged")]);
    await expect(env.DECISIONS.send(text ?? "", { contentType: "text" })).resolves.toBeDefined();
  });
});
