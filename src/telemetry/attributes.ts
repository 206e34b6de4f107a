/** The only file that spells OpenTelemetry's `gen_ai.*` names, so that a change of the convention is a change of one file. */
import type { DecisionRecord } from "../domain/record.ts";

export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** A decision as flat attributes: counts, names and prices, never text of a prompt or an answer. */
export const decisionAttributes = (record: DecisionRecord): Attributes => ({
  "gen_ai.operation.name": "chat",
  "gen_ai.request.model": record.model,
  "gen_ai.usage.input_tokens": record.usage?.inputTokens ?? null,
  "gen_ai.usage.output_tokens": record.usage?.outputTokens ?? null,
  "http.response.status_code": record.status,
  "error.type": record.errorKind,
  "pointsman.decision": record.id,
  "pointsman.key": record.key,
  "pointsman.pool": record.pool,
  "pointsman.backend": record.backend,
  "pointsman.task": record.task,
  "pointsman.difficulty": record.decision?.traits.difficulty ?? null,
  "pointsman.reason": record.reason,
  "pointsman.attempts": record.attempts.length,
  "pointsman.cost_nano_usd": record.costNanoUsd,
  "pointsman.registry_version": record.decision?.registryVersion ?? null,
  "pointsman.stream": record.stream,
  "pointsman.aborted": record.aborted,
  "pointsman.ttft_ms": record.ttftMs,
  "pointsman.total_ms": record.totalMs,
  "pointsman.overhead_ms": record.overheadMs,
});
