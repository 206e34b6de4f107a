/**
 * Records on their way to the log: gathered in the isolate, many to a message, never in a request's way. What is
 * done for many at once costs a fraction of what it costs for one between two requests.
 */
import { Buffer } from "node:buffer";
import type { DecisionRecord } from "../domain/record.ts";

export const QUEUE_LIMITS = {
  /** A message is sent as soon as this many records wait. */
  recordsMax: 32,
  /** The platform's limit of a message is 128 KB. Queues are billed by the message, so records share one. */
  messageBytesMax: 120_000,
  /** A record waits at most this long in the isolate. */
  waitMs: 400,
  /** Beyond this the oldest are dropped and counted: a queue that is down must not fill the isolate's memory. */
  bufferMax: 2_000,
  attempts: 3,
} as const;

/** `flushDueAtMs` is when the request that took on the next message should have sent it; 0 when none has. */
export type RecordBuffer = {
  readonly records: DecisionRecord[];
  /** Ids of records that wait again and have their log line already. */
  readonly printed: Set<string>;
  dropped: number;
  flushDueAtMs: number;
};
export const emptyBuffer = (): RecordBuffer => ({
  records: [],
  printed: new Set(),
  dropped: 0,
  flushDueAtMs: 0,
});

/** A message is the text of a JSON array of records: D1 unpacks it in one statement. */
export type RecordQueue = Pick<Queue<string>, "send">;
export type LogProblem = (event: string, detail: Readonly<Record<string, unknown>>) => void;

export type Delivery = {
  readonly queue: RecordQueue;
  readonly wait: (ms: number) => Promise<void>;
  readonly now: () => number;
  /** Writes the log line of one record. */
  readonly print: (record: DecisionRecord) => void;
  readonly problem: LogProblem;
};

/**
 * Adds a record. Null when another request has taken on the message that will hold it; else the promise, for
 * `waitUntil`, of sending that message. A sender that is overdue is taken for lost, and the next request steps in.
 */
export function enqueue(
  buffer: RecordBuffer,
  record: DecisionRecord,
  delivery: Delivery,
): Promise<void> | null {
  buffer.records.push(record);
  const nowMs = delivery.now();
  const full = buffer.records.length >= QUEUE_LIMITS.recordsMax;
  if (!full && nowMs <= buffer.flushDueAtMs + QUEUE_LIMITS.waitMs) return null;
  buffer.flushDueAtMs = nowMs + (full ? 0 : QUEUE_LIMITS.waitMs);
  return deliver(buffer, delivery, full);
}

async function deliver(buffer: RecordBuffer, delivery: Delivery, atOnce: boolean): Promise<void> {
  if (!atOnce) await delivery.wait(QUEUE_LIMITS.waitMs);
  buffer.flushDueAtMs = 0;
  while (buffer.records.length > 0) {
    const { text, count } = messageOf(buffer.records);
    const taken = buffer.records.splice(0, count);
    for (const record of taken) printOnce(buffer, record, delivery);
    if (text === null) giveUp(buffer, taken, delivery);
    else if (!(await sent(text, delivery))) return keepFor(buffer, taken, delivery);
  }
}

/** A record that the queue did not take comes by again; its log line is written the first time. */
function printOnce({ printed }: RecordBuffer, record: DecisionRecord, { print }: Delivery): void {
  if (!printed.delete(record.id)) print(record);
}

/**
 * The oldest records that fit one message, at least one. The text is null when that one fits no message whatever is
 * left out of it: the queue would refuse it each time, and all behind it would wait for ever.
 */
export function messageOf(records: readonly DecisionRecord[]): {
  readonly text: string | null;
  readonly count: number;
} {
  const parts: string[] = [];
  let bytes = 2;
  for (const record of records) {
    const part = fitting(record);
    if (part === null && parts.length === 0) return { text: null, count: 1 };
    if (part === null) break;
    bytes += Buffer.byteLength(part) + 1;
    if (parts.length > 0 && (bytes > QUEUE_LIMITS.messageBytesMax || parts.length >= QUEUE_LIMITS.recordsMax))
      break;
    parts.push(part);
  }
  return { text: `[${parts.join(",")}]`, count: parts.length };
}

/** What a message holds beside its one record: brackets, and the comma that is counted with each. */
const RECORD_BYTES_MAX = QUEUE_LIMITS.messageBytesMax - 3;
const fits = (text: string): boolean => Buffer.byteLength(text) <= RECORD_BYTES_MAX;

function fitting(record: DecisionRecord): string | null {
  const whole = JSON.stringify(record);
  return fits(whole) ? whole : shortened(record);
}

/** What stays of the targets at each try to make a record fit. */
const KEPT_SHARE = 0.75;

/** A record with as many targets as fit a message, candidates first; `leftOut` counts the others. Null when none helps. */
function shortened(record: DecisionRecord): string | null {
  const { decision } = record;
  if (decision === null) return null;
  const targets = decision.targets.toSorted(
    (a, b) => Number(a.verdict === "rejected") - Number(b.verdict === "rejected"),
  );
  for (let kept = Math.max(targets.length, decision.order.length); kept > 0;) {
    kept = Math.floor(kept * KEPT_SHARE);
    const leftOut = {
      targets: Math.max(0, targets.length - kept),
      order: Math.max(0, decision.order.length - kept),
    };
    const part = JSON.stringify({
      ...record,
      decision: {
        ...decision,
        order: decision.order.slice(0, kept),
        targets: targets.slice(0, kept),
        leftOut,
      },
    });
    if (fits(part)) return part;
  }
  return null;
}

async function sent(text: string, { queue, wait }: Delivery): Promise<boolean> {
  for (let attempt = 1; attempt <= QUEUE_LIMITS.attempts; attempt += 1) {
    try {
      await queue.send(text, { contentType: "text" });
      return true;
    } catch {
      if (attempt < QUEUE_LIMITS.attempts) await wait(QUEUE_LIMITS.waitMs * attempt);
    }
  }
  return false;
}

function keepFor(buffer: RecordBuffer, taken: readonly DecisionRecord[], delivery: Delivery): void {
  buffer.records.unshift(...taken);
  for (const { id } of taken) buffer.printed.add(id);
  const over = buffer.records.length - QUEUE_LIMITS.bufferMax;
  if (over <= 0) return delivery.problem("decision_log_delayed", { waiting: buffer.records.length });
  const lost = buffer.records.splice(0, over);
  for (const { id } of lost) buffer.printed.delete(id);
  return giveUp(buffer, lost, delivery);
}

function giveUp(buffer: RecordBuffer, lost: readonly DecisionRecord[], { problem }: Delivery): void {
  buffer.dropped += lost.length;
  problem("decision_log_dropped", { dropped: lost.length, ids: lost.map(({ id }) => id) });
}
