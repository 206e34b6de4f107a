/** Sums of the decision log as an operator reads them: means, rates, USD. */
import type { StatsRow } from "../../src/store/decision-stats.ts";

const mean = (sum: number, count: number): number | null => (count === 0 ? null : sum / count);

const summary = (row: StatsRow) => ({
  requests: row.requests,
  errors: row.errors,
  errorRate: mean(row.errors, row.requests) ?? 0,
  inputTokens: row.input_tokens,
  outputTokens: row.output_tokens,
  costUsd: row.cost_nano_usd / 1e9,
  baselineUsd: row.baseline_nano_usd / 1e9,
  savingsUsd: (row.baseline_nano_usd - row.baselined_cost_nano_usd) / 1e9,
  latencyMs: {
    ttftMean: mean(row.ttft_ms_sum, row.ttft_ms_count),
    totalMean: mean(row.total_ms_sum, row.requests),
    totalMax: row.total_ms_max,
  },
  fit: { overkill: row.overkill, fit: row.fit, underpowered: row.underpowered },
});

const groups = (rows: readonly StatsRow[], part: "pool" | "task") =>
  rows
    .filter((row) => row.part === part)
    .map((row) => ({ [part]: row.name, ...summary(row) }))
    .toSorted((a, b) => b.requests - a.requests);

/** `none` is the pool of requests that no pool answered, and the task of those refused before they were read. */
export const statsBody = (rows: readonly StatsRow[]) => ({
  total: rows.filter(({ part }) => part === "total").map(summary)[0],
  pools: groups(rows, "pool"),
  tasks: groups(rows, "task"),
});
