/** The decision log in D1: written by the queue's consumer, read by operators. */
import { z } from "zod";
import type { DecisionRecord } from "../domain/record.ts";

export const LOG_LIMITS = { pageMax: 500, pageDefault: 50, exportMax: 5_000, statsPoolsMax: 1_000 } as const;

export type DecisionFilter = {
  readonly pool?: string | undefined;
  readonly task?: string | undefined;
  readonly reason?: string | undefined;
  readonly status?: number | undefined;
  readonly key?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
};
/** Where a page ended: the last row's time and id. */
export type Position = { readonly atMs: number; readonly id: string };

/** Each column and where it stands in a record. A record that is there already is left alone. */
const COLUMNS = {
  id: "value ->> '$.id'",
  at_ms: "value ->> '$.atMs'",
  key_name: "value ->> '$.key'",
  status: "value ->> '$.status'",
  reason: "value ->> '$.reason'",
  task: "value ->> '$.task'",
  pool: "value ->> '$.pool'",
  model: "value ->> '$.model'",
  backend: "value ->> '$.backend'",
  stream: "value ->> '$.stream'",
  attempts: "json_array_length(value, '$.attempts')",
  input_tokens: "COALESCE(value ->> '$.usage.inputTokens', 0)",
  output_tokens: "COALESCE(value ->> '$.usage.outputTokens', 0)",
  cost_nano_usd: "value ->> '$.costNanoUsd'",
  baseline_nano_usd: "value ->> '$.baselineNanoUsd'",
  ttft_ms: "value ->> '$.ttftMs'",
  total_ms: "value ->> '$.totalMs'",
  fit: "value ->> '$.fit'",
  detail: "value",
} as const;
const INSERT = `INSERT INTO decisions (${Object.keys(COLUMNS).join(", ")}) SELECT ${Object.values(COLUMNS).join(", ")} FROM json_each(?) WHERE true ON CONFLICT (id) DO NOTHING`;

/** Writes the records of one message (a JSON array), all or none; a message that is delivered twice counts once. */
export async function writeDecisions(db: D1Database, message: string): Promise<void> {
  await db.prepare(INSERT).bind(message).run();
}

/** Keeps a message that the log could not take, as it is. */
export async function writeDeadDecisions(
  db: D1Database,
  { id, atMs, body }: { readonly id: string; readonly atMs: number; readonly body: string },
): Promise<void> {
  await db
    .prepare("INSERT OR IGNORE INTO dead_decisions (id, at_ms, body) VALUES (?, ?, ?)")
    .bind(id, atMs, body)
    .run();
}

type Where = { readonly sql: string; readonly bound: readonly (string | number)[] };

/** What a filter asks of a row. Rows come newest first: `after` is before the first of them, `last` is the last. */
export function whereOf(
  filter: DecisionFilter,
  { after, last }: { readonly after?: Position | null; readonly last?: Position | null } = {},
): Where {
  const parts: [string, readonly (string | number | undefined)[]][] = [
    ["pool = ?", [filter.pool]],
    ["task = ?", [filter.task]],
    ["reason = ?", [filter.reason]],
    ["status = ?", [filter.status]],
    ["key_name = ?", [filter.key]],
    ["at_ms >= ?", [filter.fromMs]],
    ["at_ms < ?", [filter.toMs]],
    ["(at_ms, id) < (?, ?)", [after?.atMs, after?.id]],
    ["(at_ms, id) >= (?, ?)", [last?.atMs, last?.id]],
  ];
  const used = parts.filter(([, bound]) => bound.every((value) => value !== undefined));
  const bound = used.flatMap(([, all]) => all.filter((value) => value !== undefined));
  return { sql: used.length === 0 ? "" : ` WHERE ${used.map(([sql]) => sql).join(" AND ")}`, bound };
}

const detailRow = z.object({ detail: z.string() });
/** What was written by this program is read back as it was: the schema is the type that wrote it. */
const parseRecord = (detail: string): DecisionRecord => JSON.parse(detail);

/** The newest, whole. */
export async function readNewest(db: D1Database, limit: number): Promise<DecisionRecord[]> {
  const rows = await db
    .prepare("SELECT detail FROM decisions ORDER BY at_ms DESC, id DESC LIMIT ?")
    .bind(limit)
    .all();
  return z
    .array(detailRow)
    .parse(rows.results)
    .map(({ detail }) => parseRecord(detail));
}

export async function readDecision(db: D1Database, id: string): Promise<DecisionRecord | null> {
  const row = await db.prepare("SELECT detail FROM decisions WHERE id = ?").bind(id).first();
  return row === null ? null : parseRecord(detailRow.parse(row).detail);
}
