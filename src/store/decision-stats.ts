/** Sums over the decision log: in all, per pool and per task. */
import { z } from "zod";
import { type DecisionFilter, LOG_LIMITS, whereOf } from "./decision-log.ts";

/** Sums of decisions, and how those of several groups become one. Errors are answers of 500 and above. */
const SUMS = {
  requests: ["COUNT(*)", "SUM"],
  errors: ["SUM(status >= 500)", "SUM"],
  input_tokens: ["SUM(input_tokens)", "SUM"],
  output_tokens: ["SUM(output_tokens)", "SUM"],
  cost_nano_usd: ["SUM(cost_nano_usd)", "SUM"],
  baseline_nano_usd: ["COALESCE(SUM(baseline_nano_usd), 0)", "SUM"],
  baselined_cost_nano_usd: ["SUM(CASE WHEN baseline_nano_usd IS NULL THEN 0 ELSE cost_nano_usd END)", "SUM"],
  // A mean is made at the end: requests without a first token must not weigh in the mean of those that had one.
  ttft_ms_sum: ["COALESCE(SUM(ttft_ms), 0)", "SUM"],
  ttft_ms_count: ["COUNT(ttft_ms)", "SUM"],
  total_ms_sum: ["SUM(total_ms)", "SUM"],
  total_ms_max: ["MAX(total_ms)", "MAX"],
  overkill: ["SUM(COALESCE(fit = 'overkill', 0))", "SUM"],
  fit: ["SUM(COALESCE(fit = 'fit', 0))", "SUM"],
  underpowered: ["SUM(COALESCE(fit = 'underpowered', 0))", "SUM"],
} as const;

const statsRow = z.object({
  part: z.enum(["total", "pool", "task"]),
  name: z.string(),
  requests: z.number(),
  errors: z.number(),
  input_tokens: z.number(),
  output_tokens: z.number(),
  cost_nano_usd: z.number(),
  baseline_nano_usd: z.number(),
  baselined_cost_nano_usd: z.number(),
  ttft_ms_sum: z.number(),
  ttft_ms_count: z.number(),
  total_ms_sum: z.number(),
  total_ms_max: z.number(),
  overkill: z.number(),
  fit: z.number(),
  underpowered: z.number(),
});
export type StatsRow = z.infer<typeof statsRow>;

const entries = Object.entries(SUMS);
const GROUPED = entries.map(([name, [sum]]) => `${sum} AS ${name}`).join(", ");
const MERGED = entries.map(([name, [, merge]]) => `COALESCE(${merge}(${name}), 0) AS ${name}`).join(", ");

/** The log is read once, into sums per pool and task; the total is of all of them, however many pools are shown. */
const statsSql = (where: string): string =>
  `WITH sums AS MATERIALIZED (SELECT pool, task, ${GROUPED} FROM decisions${where} GROUP BY pool, task)
  SELECT 'total' AS part, '' AS name, ${MERGED} FROM sums
  UNION ALL SELECT * FROM (SELECT 'pool', COALESCE(pool, 'none'), ${MERGED} FROM sums GROUP BY 2 ORDER BY 3 DESC LIMIT ?)
  UNION ALL SELECT 'task', COALESCE(task, 'none'), ${MERGED} FROM sums GROUP BY 2`;

export async function readStats(db: D1Database, filter: DecisionFilter): Promise<StatsRow[]> {
  const { sql, bound } = whereOf(filter);
  const rows = await db
    .prepare(statsSql(sql))
    .bind(...bound, LOG_LIMITS.statsPoolsMax)
    .all();
  return z.array(statsRow).parse(rows.results);
}
