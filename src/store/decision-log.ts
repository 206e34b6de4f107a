/** The decision log in D1: written by the queue's consumer, read by operators. */
import { z } from "zod";
import type { DecisionRecord } from "../domain/record.ts";

export const LOG_LIMITS = { pageMax: 500, pageDefault: 50, exportMax: 5_000, statsMax: 1_000 } as const;

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

function where(filter: DecisionFilter, after: Position | null): Where {
  const parts: [string, readonly (string | number | undefined)[]][] = [
    ["pool = ?", [filter.pool]],
    ["task = ?", [filter.task]],
    ["reason = ?", [filter.reason]],
    ["status = ?", [filter.status]],
    ["key_name = ?", [filter.key]],
    ["at_ms >= ?", [filter.fromMs]],
    ["at_ms < ?", [filter.toMs]],
    ["(at_ms, id) < (?, ?)", [after?.atMs, after?.id]],
  ];
  const used = parts.filter(([, bound]) => bound.every((value) => value !== undefined));
  const bound = used.flatMap(([, all]) => all.filter((value) => value !== undefined));
  return { sql: used.length === 0 ? "" : ` WHERE ${used.map(([sql]) => sql).join(" AND ")}`, bound };
}

const detailRow = z.object({ detail: z.string() });
/** What was written by this program is read back as it was: the schema is the type that wrote it. */
const parseRecord = (detail: string): DecisionRecord => JSON.parse(detail);

/** Newest first, `limit` + 1 at most, so that the caller knows whether there is a next page. */
export async function readDecisions(
  db: D1Database,
  filter: DecisionFilter,
  page: { readonly limit: number; readonly after: Position | null },
): Promise<DecisionRecord[]> {
  const { sql, bound } = where(filter, page.after);
  const rows = await db
    .prepare(`SELECT detail FROM decisions${sql} ORDER BY at_ms DESC, id DESC LIMIT ?`)
    .bind(...bound, page.limit + 1)
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

const statsRow = z.object({
  pool: z.string().nullable(),
  task: z.string().nullable(),
  requests: z.number(),
  errors: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_nano_usd: z.number(),
  baseline_nano_usd: z.number(),
  baselined_cost_nano_usd: z.number(),
  ttft_ms_mean: z.number().nullable(),
  total_ms_mean: z.number().nullable(),
  total_ms_max: z.number().nullable(),
  overkill: z.number(),
  fit: z.number(),
  underpowered: z.number(),
});
export type StatsRow = z.infer<typeof statsRow>;

/** Sums per pool and task over the filtered decisions. Errors are answers of 500 and above. */
export async function readStats(db: D1Database, filter: DecisionFilter): Promise<StatsRow[]> {
  const { sql, bound } = where(filter, null);
  const rows = await db
    .prepare(
      `SELECT pool, task, COUNT(*) AS requests, SUM(status >= 500) AS errors,
        SUM(input_tokens) AS input_tokens, SUM(output_tokens) AS output_tokens, SUM(cost_nano_usd) AS cost_nano_usd,
        COALESCE(SUM(baseline_nano_usd), 0) AS baseline_nano_usd,
        SUM(CASE WHEN baseline_nano_usd IS NULL THEN 0 ELSE cost_nano_usd END) AS baselined_cost_nano_usd,
        AVG(ttft_ms) AS ttft_ms_mean, AVG(total_ms) AS total_ms_mean, MAX(total_ms) AS total_ms_max,
        SUM(COALESCE(fit = 'overkill', 0)) AS overkill, SUM(COALESCE(fit = 'fit', 0)) AS fit, SUM(COALESCE(fit = 'underpowered', 0)) AS underpowered
      FROM decisions${sql} GROUP BY pool, task ORDER BY requests DESC LIMIT ?`,
    )
    .bind(...bound, LOG_LIMITS.statsMax)
    .all();
  return z.array(statsRow).parse(rows.results);
}
