/** What a changed registry would have done to decisions that were already taken. Pure. */
import type { Ask } from "../domain/ask.ts";
import type { Candidate, Decision } from "../domain/decision.ts";
import type { RegistryDocument } from "../domain/registry.ts";
import { decide } from "./decide.ts";
import { isCandidate } from "./terms.ts";

/** A decision on record: enough to take it again. */
export type Recorded = { readonly decision: Decision; readonly ask: Ask };

export type WhatIf = {
  readonly decisions: number;
  /** How many would have gone to another target. */
  readonly moved: number;
  /** Decisions per pool, before and after; `none` is nowhere. */
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  /** Decisions that no target would take: 503. */
  readonly refusedBefore: number;
  readonly refusedAfter: number;
  /** Decisions that are served on both sides. The costs are theirs alone: a request that is refused saves nothing. */
  readonly compared: number;
  readonly expectedCostUsdBefore: number;
  readonly expectedCostUsdAfter: number;
};

type Picks = readonly (Candidate | null)[];

function share(picks: Picks): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const candidate of picks)
    counts[candidate?.pool ?? "none"] = (counts[candidate?.pool ?? "none"] ?? 0) + 1;
  return counts;
}

const refused = (picks: Picks): number => picks.filter((candidate) => candidate === null).length;

const usd = (candidates: readonly Candidate[]): number =>
  candidates.reduce((sum, { terms }) => sum + terms.usageNanoUsd, 0) / 1e9;

/** Re-takes each decision, idle pools assumed on both sides, under the document before and the one after. */
export function whatIf(
  recorded: readonly Recorded[],
  before: RegistryDocument,
  after: RegistryDocument,
): WhatIf {
  const pairs = recorded.map((one) => [retake(one, before), retake(one, after)] as const);
  const [olds, news] = [pairs.map(([old]) => old), pairs.map(([, next]) => next)];
  const served = pairs.flatMap(([old, next]) =>
    old === null || next === null ? [] : [[old, next] as const],
  );
  return {
    decisions: recorded.length,
    moved: pairs.filter(([old, next]) => old?.target !== next?.target).length,
    before: share(olds),
    after: share(news),
    refusedBefore: refused(olds),
    refusedAfter: refused(news),
    compared: served.length,
    expectedCostUsdBefore: usd(served.map(([old]) => old)),
    expectedCostUsdAfter: usd(served.map(([, next]) => next)),
  };
}

/** Dice are replaced by the decision's place in its own second, so that the answer is the same when asked twice. */
function retake({ decision, ask }: Recorded, document: RegistryDocument): Candidate | null {
  const taken = decide({
    id: decision.id,
    ask,
    traits: decision.traits,
    classifierFailed: decision.reason === "degraded_classifier",
    reading: { snapshot: { version: 0, publishedAtMs: 0, document }, ageMs: 0, stale: false },
    fleet: new Map(),
    nowMs: decision.atMs,
    random: () => (decision.atMs % 1000) / 1000,
  });
  return taken.targets.filter(isCandidate).find(({ target }) => target === taken.order[0]) ?? null;
}
