/** Sums of the decision log, per pool and per task. */
import type { StatsRow } from "../../src/store/decision-log.ts";

const mean = (rows: readonly StatsRow[], read: (row: StatsRow) => number | null): number | null => {
  const known = rows.filter((row) => read(row) !== null);
  const requests = known.reduce((sum, row) => sum + row.requests, 0);
  return requests === 0
    ? null
    : known.reduce((sum, row) => sum + (read(row) ?? 0) * row.requests, 0) / requests;
};
const total = (rows: readonly StatsRow[], read: (row: StatsRow) => number): number =>
  rows.reduce((sum, row) => sum + read(row), 0);

function summary(rows: readonly StatsRow[]) {
  const requests = total(rows, (row) => row.requests);
  const errors = total(rows, (row) => row.errors);
  return {
    requests,
    errors,
    errorRate: requests === 0 ? 0 : errors / requests,
    inputTokens: total(rows, (row) => row.input_tokens),
    outputTokens: total(rows, (row) => row.output_tokens),
    costUsd: total(rows, (row) => row.cost_nano_usd) / 1e9,
    baselineUsd: total(rows, (row) => row.baseline_nano_usd) / 1e9,
    savingsUsd:
      (total(rows, (row) => row.baseline_nano_usd) - total(rows, (row) => row.baselined_cost_nano_usd)) / 1e9,
    latencyMs: {
      ttftMean: mean(rows, (row) => row.ttft_ms_mean),
      totalMean: mean(rows, (row) => row.total_ms_mean),
      totalMax: rows.reduce((most, row) => Math.max(most, row.total_ms_max ?? 0), 0),
    },
    fit: {
      overkill: total(rows, (row) => row.overkill),
      fit: total(rows, (row) => row.fit),
      underpowered: total(rows, (row) => row.underpowered),
    },
  };
}

function groups(rows: readonly StatsRow[], name: "pool" | "task", read: (row: StatsRow) => string) {
  const ids = [...new Set(rows.map(read))];
  return ids
    .map((id) => ({ [name]: id, ...summary(rows.filter((row) => read(row) === id)) }))
    .toSorted((a, b) => b.requests - a.requests);
}

/** `none` is the pool of requests that no pool answered, and the task of those refused before they were read. */
export const statsBody = (rows: readonly StatsRow[]) => ({
  total: summary(rows),
  pools: groups(rows, "pool", (row) => row.pool ?? "none"),
  tasks: groups(rows, "task", (row) => row.task ?? "none"),
});
