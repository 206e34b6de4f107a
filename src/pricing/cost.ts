/** What a request costs on a target, in nano-USD: by the token, or by the seconds that it holds a slot. Pure. */
import { type NanoUsd, usdToNano } from "../domain/money.ts";
import type { Price } from "../domain/pool.ts";
import type { Profile } from "../domain/policy.ts";
import type { Traits } from "../domain/traits.ts";

/** How busy a pool is: requests in flight and slots, summed over the backends that can be used. */
export type PoolLoad = { readonly inFlight: number; readonly slots: number; readonly backends: number };

/** What one request used, expected or actual. `slotSeconds` is the time for which it held a slot, summed over its choices. */
export type Usage = {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly slotSeconds: number;
};

export type PriceContext = {
  readonly load: PoolLoad;
  /** Of the backend that serves, or their mean where it is not known yet. */
  readonly slotsPerBackend: number;
  readonly powerWatts: number;
  readonly energyUsdPerKwh: number;
};

/** E[output tokens] of a lognormal with this median and 90th percentile (z = 1.2816), never over the latter. */
export function expectedOutputTokens({ p50, p90 }: Traits["outputTokens"]): number {
  if (p50 <= 0) return 0;
  const sigma = Math.log(Math.max(p90, p50) / p50) / 1.2816;
  return Math.min(p50 * Math.exp((sigma * sigma) / 2), Math.max(p90, p50));
}

/** Beyond this a term no longer changes the quotient that matters here; below it, neither. */
const NEGLIGIBLE = 1e-9;

/**
 * Erlang's B: the share of arrivals that find all `servers` busy at `load` erlangs. As the sum
 * 1/B = sum over k of c!/((c-k)! a^k), which settles, one way or the other, long before the last of many servers.
 */
export function erlangB(servers: number, load: number): number {
  if (load <= 0) return 0;
  let [term, inverse] = [1, 1];
  for (let taken = 0; taken < servers; taken += 1) {
    term *= (servers - taken) / load;
    inverse += term;
    if (inverse > 1 / NEGLIGIBLE) return 0;
    if (term < inverse * NEGLIGIBLE && servers - taken <= load) break;
  }
  return 1 / inverse;
}

/**
 * The share of the amortised price that an already paid slot is worth: the chance that taking it blocks
 * another request, relative to that chance when the pool is full. 0 when idle, 1 when full.
 */
export function shadowShare({ inFlight, slots }: PoolLoad): number {
  if (slots <= 0 || inFlight >= slots) return 1;
  if (inFlight <= 0) return 0;
  return erlangB(slots, inFlight) / erlangB(slots, slots);
}

/** The usage term: tokens x price, or slot-seconds x the slot's price. Rounded to a whole nano-USD. */
export function usageNanoUsd(price: Price, usage: Usage, context: PriceContext): NanoUsd {
  if (price.basis === "tokens") {
    const cached = Math.min(usage.cachedInputTokens, usage.inputTokens);
    const usd =
      ((usage.inputTokens - cached) * price.usdPerMTokIn +
        cached * (price.usdPerMTokCachedIn ?? price.usdPerMTokIn) +
        usage.outputTokens * price.usdPerMTokOut) /
      1e6;
    return usdToNano(usd);
  }
  const slotHours = usage.slotSeconds / 3600 / Math.max(1, context.slotsPerBackend);
  const amortisedUsd = (slotHours * price.usdPerHour) / price.expectedUtilization;
  if (price.accounting === "amortised") return usdToNano(amortisedUsd);
  const energyUsd = slotHours * (context.powerWatts / 1000) * context.energyUsdPerKwh;
  return usdToNano(energyUsd + amortisedUsd * shadowShare(context.load));
}

/**
 * The wait term: the profile's value of a second x the seconds beyond comfort. A streaming reader waits for a first
 * token that is late, and then for an answer that ends after it could have been read; a first token that is early is
 * time in hand. Another caller waits for the whole.
 */
export function waitNanoUsd(
  profile: Profile,
  expected: { readonly ttftMs: number; readonly totalMs: number; readonly outputTokens: number },
  stream: boolean,
): NanoUsd {
  if (!stream)
    return usdToNano(
      (Math.max(0, expected.totalMs - profile.comfortTotalMs) / 1000) * profile.valueOfSecondUsd,
    );
  const readingMs = (expected.outputTokens / profile.comfortTokensPerSecond) * 1000;
  const begunMs = Math.max(expected.ttftMs, profile.comfortTtftMs);
  const slowMs = Math.max(0, expected.totalMs - begunMs - readingMs);
  const lateMs = Math.max(0, expected.ttftMs - profile.comfortTtftMs);
  return usdToNano(((lateMs + slowMs) / 1000) * profile.valueOfSecondUsd);
}
