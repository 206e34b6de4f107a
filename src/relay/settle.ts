/** The books of one request, after it: what it cost, what the baseline would have cost, whether the target fitted. */
import type { Candidate, Decision } from "../domain/decision.ts";
import type { NanoUsd } from "../domain/money.ts";
import { type Target, targetId } from "../domain/pool.ts";
import type { Policy } from "../domain/policy.ts";
import type { Fit, TokenUsage } from "../domain/record.ts";
import { type PoolLoad, usageNanoUsd } from "../pricing/cost.ts";
import { targetSpeed } from "../pricing/speed.ts";

/** A pool more than this much dearer than the cheapest capable one was more than the prompt needed. */
const OVERKILL_FACTOR = 1.5;

/** Tokens x price, or the seconds for which the slot was really held. */
export function actualNanoUsd(
  target: Target,
  usage: TokenUsage,
  held: {
    readonly slotSeconds: number;
    readonly load: PoolLoad;
    readonly slotsPerBackend: number;
    readonly policy: Policy;
  },
): NanoUsd {
  const { price, powerWatts } = target.pool;
  if (price === undefined) return 0;
  return usageNanoUsd(
    price,
    { ...usage, slotSeconds: held.slotSeconds },
    {
      load: held.load,
      slotsPerBackend: held.slotsPerBackend,
      powerWatts: powerWatts ?? 0,
      energyUsdPerKwh: held.policy.energyUsdPerKwh,
    },
  );
}

/** The same tokens on the policy's baseline target, at the pace expected of it alone. Null when there is no such target. */
export function baselineNanoUsd(
  targets: readonly Target[],
  policy: Policy,
  usage: TokenUsage,
): NanoUsd | null {
  const target =
    policy.baselineTarget === undefined
      ? undefined
      : targets.find((one) => targetId(one) === policy.baselineTarget);
  if (target?.pool.price === undefined) return null;
  const speed = targetSpeed(target, 1, usage.inputTokens + usage.outputTokens / 2);
  const slotSeconds =
    usage.inputTokens / speed.prefillTokensPerSecond + usage.outputTokens / speed.decodeTokensPerSecond;
  const slots = target.pool.backends.reduce((sum, backend) => sum + backend.slots, 0);
  return actualNanoUsd(target, usage, {
    slotSeconds,
    load: { inFlight: 0, slots, backends: target.pool.backends.length },
    slotsPerBackend: slots / target.pool.backends.length,
    policy,
  });
}

/** underpowered: under the floor that was asked. overkill: much dearer than another that would have done. */
export function fitOf(decision: Decision, chosen: Candidate): Fit {
  if (chosen.quality < decision.qualityFloor.asked) return "underpowered";
  const costs = decision.targets.flatMap((one) =>
    one.verdict === "candidate" ? [one.terms.usageNanoUsd] : [],
  );
  return chosen.terms.usageNanoUsd > Math.min(...costs) * OVERKILL_FACTOR ? "overkill" : "fit";
}
