/** One Analytics Engine point a decision: what a dashboard sums over months. */
import type { DecisionRecord } from "../domain/record.ts";

/** Order is the schema (docs/storage.md): blobs and doubles have numbers, not names. */
export function analyticsPoint(record: DecisionRecord): AnalyticsEngineDataPoint {
  return {
    indexes: [record.pool ?? "none"],
    blobs: [
      record.pool ?? "",
      record.model ?? "",
      record.task ?? "",
      record.reason,
      record.key,
      record.fit ?? "",
      record.errorKind ?? "",
    ],
    doubles: [
      record.status,
      record.usage?.inputTokens ?? 0,
      record.usage?.outputTokens ?? 0,
      record.costNanoUsd,
      record.baselineNanoUsd ?? 0,
      record.ttftMs ?? 0,
      record.totalMs,
      record.attempts.length,
    ],
  };
}
