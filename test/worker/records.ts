/** A record as the relay writes it, minimal. */
import type { Verdict } from "../../src/domain/decision.ts";
import type { Reason } from "../../src/domain/reason.ts";
import type { DecisionRecord } from "../../src/domain/record.ts";
import { ask, traits } from "../unit/fixtures.ts";

type Change = {
  readonly atMs?: number;
  readonly pool?: string;
  readonly status?: number;
  readonly reason?: Reason;
  readonly targets?: number;
};

const candidate: Verdict = {
  verdict: "candidate",
  target: "altra/m",
  pool: "altra",
  model: "m",
  quality: 0.9,
  ttftMs: 10,
  totalMs: 20,
  speedSource: "declared",
  inFlight: 0,
  slots: 4,
  backends: 1,
  terms: { usageNanoUsd: 1000, waitNanoUsd: 0, totalNanoUsd: 1000, priceFactor: 1, comparedNanoUsd: 1000 },
};
const rejected: Verdict = {
  verdict: "rejected",
  target: "h100/m",
  pool: "h100",
  model: "m",
  filter: "quality",
  evidence: "P(success) 0.1 is under 0.6",
};

export const record = (id: string, change: Change = {}): DecisionRecord => ({
  id,
  atMs: change.atMs ?? 0,
  key: "dev",
  status: change.status ?? 200,
  task: "classification",
  stream: false,
  reason: change.reason ?? "cheapest_capable",
  pool: change.pool ?? "altra",
  model: "m",
  backend: "a",
  attempts: [],
  usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, estimated: false },
  costNanoUsd: 1000,
  expectedCostNanoUsd: 1000,
  baselineNanoUsd: 4000,
  ttftMs: 10,
  totalMs: 20,
  overheadMs: 1,
  fit: "fit",
  aborted: false,
  errorKind: null,
  ask: ask(),
  decision: {
    id,
    atMs: 0,
    reason: "cheapest_capable",
    profile: "auto",
    qualityFloor: { asked: 0.6, used: 0.6 },
    registryVersion: 1,
    registryAgeMs: 0,
    traits: traits(),
    stream: false,
    order: ["altra/m"],
    targets:
      change.targets === undefined
        ? [candidate, rejected]
        : Array.from({ length: change.targets }, () => rejected),
  },
});
