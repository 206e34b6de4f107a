/** What a target is expected to do and cost for one request. Pure. */
import type { Ask } from "../domain/ask.ts";
import type { Candidate, Expectation, Terms, Verdict } from "../domain/decision.ts";
import type { FleetView } from "../domain/load.ts";
import { formatUsd, usdToNano } from "../domain/money.ts";
import { type Price, type Target, targetId } from "../domain/pool.ts";
import type { Profile } from "../domain/policy.ts";
import type { Traits } from "../domain/traits.ts";
import { expectedOutputTokens, type PoolLoad, usageNanoUsd, waitNanoUsd } from "../pricing/cost.ts";
import { targetSpeed } from "../pricing/speed.ts";
import { type Rejection, fixedRejection } from "./filters.ts";
import { poolLoad, standing } from "./fleet.ts";
import { successProbability } from "./quality.ts";

/** Everything that one weighing needs, the same for all targets. */
export type Weighing = {
  readonly ask: Ask;
  readonly traits: Traits;
  readonly profile: Profile;
  readonly qualityFloor: number;
  readonly energyUsdPerKwh: number;
  readonly fleet: FleetView;
  readonly nowMs: number;
  /** True when ejection is ignored because nothing else is left. */
  readonly panic: boolean;
  /** True after a failure: a lesser model, or a place in a queue, is better than none. */
  readonly lastResort: boolean;
};

/** The verdict on one target: its expectation and dollar terms, or the first filter that it fails. */
export function weigh(target: Target, weighing: Weighing): Verdict {
  const named = { target: targetId(target), pool: target.pool.id, model: target.model.id };
  const reject = ({ filter, evidence }: Rejection): Verdict => ({
    ...named,
    verdict: "rejected",
    filter,
    evidence,
  });
  const fixed = fixedRejection(target, weighing.ask, weighing.traits);
  if (fixed !== null) return reject(fixed);
  const quality = successProbability(target, weighing.traits);
  if (quality < weighing.qualityFloor) {
    return reject({
      filter: "quality",
      evidence: `P(success) ${quality.toFixed(3)} is under ${weighing.qualityFloor.toFixed(3)}`,
    });
  }
  if (target.pool.price === undefined)
    return reject({ filter: "unpriced", evidence: "the pool has no price" });
  const backends = standing(target.pool, weighing.fleet, weighing);
  // An ejected pool is weighed as if idle: it must be known to be otherwise capable before `down` is its reason.
  const load =
    backends.length === 0
      ? poolLoad(target.pool, new Map(), target.pool.backends)
      : poolLoad(target.pool, weighing.fleet, backends);
  const expectation = expect(target, weighing, { load, quality });
  const terms = termsOf(target, weighing, { load, expectation });
  const limit = limitRejection(weighing, { price: target.pool.price, expectation, terms });
  if (limit !== null) return reject(limit);
  if (backends.length === 0)
    return reject({
      filter: "down",
      evidence: `every backend (${target.pool.backends.length}) is ejected after failures or overload`,
    });
  if (load.inFlight >= load.slots && !weighing.lastResort)
    return reject({ filter: "full", evidence: `${load.inFlight} of ${load.slots} slots in use` });
  return { ...named, verdict: "candidate", ...expectation, terms };
}

function answerTokens({ ask, traits }: Weighing): number {
  return Math.min(ask.maxOutputTokens ?? Infinity, expectedOutputTokens(traits.outputTokens));
}

function expect(
  target: Target,
  weighing: Weighing,
  known: { readonly load: PoolLoad; readonly quality: number },
): Expectation {
  const { load, quality } = known;
  const outputTokens = answerTokens(weighing);
  const batch = Math.ceil((load.inFlight + 1) / load.backends);
  const speed = targetSpeed(target, batch, weighing.traits.inputTokens + outputTokens / 2);
  const ttftMs =
    (weighing.traits.inputTokens / speed.prefillTokensPerSecond + 1 / speed.decodeTokensPerSecond) * 1000;
  const restMs = (Math.max(0, outputTokens - 1) / speed.decodeTokensPerSecond) * 1000;
  return {
    quality: rounded(quality, 1e4),
    ttftMs: rounded(ttftMs, 10),
    totalMs: rounded(ttftMs + restMs, 10),
    speedSource: speed.source,
    inFlight: load.inFlight,
    slots: load.slots,
    backends: load.backends,
  };
}

/** Expectations are estimates, and stand in every record: more digits would say nothing. */
const rounded = (value: number, steps: number): number => Math.round(value * steps) / steps;

function termsOf(
  target: Target,
  weighing: Weighing,
  known: { readonly load: PoolLoad; readonly expectation: Expectation },
): Terms {
  const { pool } = target;
  const { load, expectation } = known;
  const outputTokens = answerTokens(weighing);
  const { choices } = weighing.ask;
  const usage = {
    inputTokens: weighing.traits.inputTokens,
    cachedInputTokens: 0,
    outputTokens: outputTokens * choices,
    slotSeconds: (expectation.totalMs / 1000) * choices,
  };
  const context = {
    load,
    slotsPerBackend: load.slots / load.backends,
    powerWatts: pool.powerWatts ?? 0,
    energyUsdPerKwh: weighing.energyUsdPerKwh,
  };
  const usageTerm = pool.price === undefined ? 0 : usageNanoUsd(pool.price, usage, context);
  const wait = waitNanoUsd(weighing.profile, { ...expectation, outputTokens }, weighing.ask.stream);
  const total = usageTerm + wait;
  return {
    usageNanoUsd: usageTerm,
    waitNanoUsd: wait,
    totalNanoUsd: total,
    priceFactor: pool.priceFactor,
    comparedNanoUsd: Math.round(total * pool.priceFactor),
  };
}

type Priced = { readonly price: Price; readonly expectation: Expectation; readonly terms: Terms };

function limitRejection(weighing: Weighing, priced: Priced): Rejection | null {
  const { ask } = weighing;
  const { expectation, terms } = priced;
  if (ask.maxTtftMs !== null && expectation.ttftMs > ask.maxTtftMs) {
    return {
      filter: "too_slow",
      evidence: `${Math.round(expectation.ttftMs)} ms to the first token, limit ${ask.maxTtftMs} ms`,
    };
  }
  if (ask.maxCostUsd !== null && terms.usageNanoUsd > usdToNano(ask.maxCostUsd)) {
    return {
      filter: "too_dear",
      evidence: `${formatUsd(terms.usageNanoUsd)} USD expected, cap ${formatUsd(usdToNano(ask.maxCostUsd))} USD`,
    };
  }
  return dearTokens(weighing, priced);
}

/** `max_price` where the price is by the hour: what a million tokens come to, reading and writing each by its time. */
function dearTokens(weighing: Weighing, priced: Priced): Rejection | null {
  const { ask, traits } = weighing;
  const { usdPerMTokIn, usdPerMTokOut } = ask.preferences.maxPrice;
  if (priced.price.basis !== "hourly" || (usdPerMTokIn === null && usdPerMTokOut === null)) return null;
  const { ttftMs, totalMs } = priced.expectation;
  const usd = priced.terms.usageNanoUsd / 1e9;
  const outputTokens = answerTokens(weighing) * ask.choices;
  const parts = [
    ["prompt", usdPerMTokIn, (usd * ttftMs) / totalMs / Math.max(1, traits.inputTokens)],
    ["answer", usdPerMTokOut, (usd * (totalMs - ttftMs)) / totalMs / Math.max(1, outputTokens)],
  ] as const;
  const over = parts.find(([, most, usdPerToken]) => most !== null && usdPerToken * 1e6 > most);
  if (over === undefined) return null;
  const [kind, most, usdPerToken] = over;
  return {
    filter: "too_dear",
    evidence: `about ${(usdPerToken * 1e6).toFixed(3)} USD a million ${kind} tokens here, limit ${most}`,
  };
}

export const isCandidate = (verdict: Verdict): verdict is Candidate => verdict.verdict === "candidate";
