/** The record of a request, from its plan and its end. */
import { type Attempt, type PointsmanError, reasonOfError } from "../src/domain/errors.ts";
import type { NanoUsd } from "../src/domain/money.ts";
import type { Policy } from "../src/domain/policy.ts";
import { type Target, targetId } from "../src/domain/pool.ts";
import type { Reason } from "../src/domain/reason.ts";
import type { DecisionRecord, TokenUsage } from "../src/domain/record.ts";
import type { Served } from "../src/relay/relay.ts";
import { baselineNanoUsd, fitOf } from "../src/relay/settle.ts";
import type { Plan } from "./plan.ts";

/** Verdicts kept in a record; where even these do not fit a message, the log leaves more out. Candidates first: they mattered. */
export const RECORDED_TARGETS_MAX = 150;

export type Planned = {
  readonly planned: Plan;
  readonly id: string;
  readonly key: string;
  readonly receivedAtMs: number;
  readonly targets: readonly Target[];
  readonly policy: Policy;
};

export type End = {
  readonly served: Pick<Served, "target" | "backend" | "candidate"> | null;
  readonly last?: Pick<Served, "target" | "backend" | "candidate"> | null;
  readonly attempts: readonly Attempt[];
  readonly reason: Reason;
  readonly usage: TokenUsage | null;
  readonly costNanoUsd: NanoUsd;
  readonly status: number;
  readonly atMs: number;
  readonly ttftMs: number | null;
  readonly cut: string | null;
  readonly errorKind: string | null;
  readonly overheadMs: number;
};

export function recordOf(
  { planned, id, key, receivedAtMs, targets, policy }: Planned,
  end: End,
): DecisionRecord {
  const { decision, ask } = planned;
  const at = end.served ?? end.last ?? null;
  const target = at === null ? null : targetId(at.target);
  const verdicts =
    decision.targets.length <= RECORDED_TARGETS_MAX
      ? decision.targets
      : decision.targets
          .toSorted((a, b) => Number(a.verdict === "rejected") - Number(b.verdict === "rejected"))
          .slice(0, RECORDED_TARGETS_MAX);
  return {
    id,
    atMs: receivedAtMs,
    key,
    status: end.status,
    task: decision.traits.task,
    stream: decision.stream,
    reason: end.reason,
    pool: at?.target.pool.id ?? null,
    model: at?.target.model.id ?? null,
    backend: at?.backend.id ?? null,
    attempts: end.attempts,
    usage: end.usage,
    costNanoUsd: end.costNanoUsd,
    expectedCostNanoUsd: at === null ? 0 : at.candidate.terms.usageNanoUsd,
    // What the baseline served itself saved nothing, and its cost is known, not estimated.
    baselineNanoUsd:
      end.usage === null
        ? null
        : target === policy.baselineTarget
          ? end.costNanoUsd
          : baselineNanoUsd(targets, policy, end.usage),
    ttftMs: end.ttftMs,
    totalMs: end.atMs - receivedAtMs,
    overheadMs: end.overheadMs,
    fit: end.served === null ? null : fitOf(decision, end.served.candidate),
    aborted: end.cut !== null,
    errorKind: end.errorKind ?? (end.cut === null ? null : `cut_${end.cut}`),
    ask,
    decision: { ...decision, order: decision.order.slice(0, RECORDED_TARGETS_MAX), targets: verdicts },
  };
}

/** The record of a request that was refused before a decision: nothing of what it said is kept. */
export const refusedRecord = (
  { id, key, receivedAtMs }: Pick<Planned, "id" | "key" | "receivedAtMs">,
  error: PointsmanError,
  end: { readonly status: number; readonly atMs: number },
): DecisionRecord => ({
  id,
  atMs: receivedAtMs,
  key,
  status: end.status,
  task: null,
  stream: false,
  reason: reasonOfError(error),
  pool: null,
  model: null,
  backend: null,
  attempts: [],
  usage: null,
  costNanoUsd: 0,
  expectedCostNanoUsd: 0,
  baselineNanoUsd: null,
  ttftMs: null,
  totalMs: end.atMs - receivedAtMs,
  overheadMs: end.atMs - receivedAtMs,
  fit: null,
  aborted: false,
  errorKind: error.kind,
  ask: null,
  decision: null,
});
