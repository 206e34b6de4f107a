/** Candidates in the order in which they are tried: the pick first, the fallbacks after it. Pure. */
import type { Ask } from "../domain/ask.ts";
import type { Candidate } from "../domain/decision.ts";
import { rendezvous } from "../domain/hash.ts";
import type { Target } from "../domain/pool.ts";
import { serves } from "./filters.ts";

export type Pick = {
  readonly order: readonly Candidate[];
  readonly byAffinity: boolean;
  /** True when `provider.order` put the first before others. */
  readonly byOrder: boolean;
};
export type Weighed = { readonly target: Target; readonly candidate: Candidate };
export type PickContext = {
  readonly ask: Ask;
  readonly tieTolerance: number;
  readonly random: () => number;
};

/**
 * Cheapest first, after what the request itself ranks (its list of models, `provider.order`, `provider.sort`).
 * Those within the tie tolerance of the cheapest share by weight x free slots, or by the conversation's hash.
 */
export function pick(weighed: readonly Weighed[], { ask, tieTolerance, random }: PickContext): Pick {
  const ranked = weighed
    .map(({ target, candidate }) => ({
      candidate,
      weight: target.pool.weight,
      rank: rankOf(target, ask),
      key: sortKey(candidate, ask),
    }))
    .toSorted(
      (a, b) =>
        a.rank - b.rank ||
        a.key - b.key ||
        a.candidate.terms.comparedNanoUsd - b.candidate.terms.comparedNanoUsd ||
        compareIds(a.candidate, b.candidate),
    );
  const [cheapest] = ranked;
  if (cheapest === undefined) return { order: [], byAffinity: false, byOrder: false };
  const byOrder = ask.preferences.order.length > 0 && ranked.some(({ rank }) => rank > cheapest.rank);
  const limit = cheapest.key + Math.abs(cheapest.key) * tieTolerance;
  const ties = ranked.filter(({ rank, key }) => rank === cheapest.rank && key <= limit);
  if (ties.length === 1)
    return { order: ranked.map(({ candidate }) => candidate), byAffinity: false, byOrder };
  const { session } = ask;
  const chosen =
    session === null
      ? twoChoices(ties, random)
      : rendezvous(session, ties, ({ candidate, weight }) => ({ id: candidate.target, weight }));
  const first = chosen?.candidate ?? cheapest.candidate;
  return {
    order: [first, ...ranked.map(({ candidate }) => candidate).filter((candidate) => candidate !== first)],
    byAffinity: session !== null,
    byOrder,
  };
}

const compareIds = (a: Candidate, b: Candidate): number =>
  a.target < b.target ? -1 : a.target > b.target ? 1 : 0;

function rankOf(target: Target, { selector, preferences }: Ask): number {
  const models = selector.kind === "models" ? selector.names.findIndex((name) => serves(target, name)) : 0;
  const pools = preferences.order.indexOf(target.pool.id);
  return models * 1000 + (pools === -1 ? preferences.order.length : pools);
}

function sortKey(candidate: Candidate, { preferences }: Ask): number {
  switch (preferences.sort) {
    case "price":
      return candidate.terms.usageNanoUsd * candidate.terms.priceFactor;
    case "latency":
      return candidate.ttftMs;
    case "throughput":
      return candidate.totalMs - candidate.ttftMs;
    case null:
      return candidate.terms.comparedNanoUsd;
  }
}

type Weighted = { readonly candidate: Candidate; readonly weight: number };

const mass = ({ candidate, weight }: Weighted): number =>
  weight * Math.max(0, candidate.slots - candidate.inFlight);

/**
 * Two draws in proportion to weight x free slots, the less loaded for its weight of them. Equally loaded, the first
 * draw stands: idle targets share exactly by weight.
 */
function twoChoices(ties: readonly Weighted[], random: () => number): Weighted | null {
  const all = ties.reduce((sum, tie) => sum + mass(tie), 0);
  const draw = () => {
    let point = random() * all;
    for (const tie of ties) {
      point -= mass(tie);
      if (point < 0) return tie;
    }
    return ties.at(-1) ?? null;
  };
  const [first, second] = [draw(), draw()];
  if (first === null || second === null) return null;
  const load = ({ candidate, weight }: Weighted) => candidate.inFlight / (weight * candidate.slots);
  return load(second) < load(first) ? second : first;
}
