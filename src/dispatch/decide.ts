/** Filter, price, pick: one pure function from what is known to a decision. */
import type { Ask } from "../domain/ask.ts";
import type { Decision, Verdict } from "../domain/decision.ts";
import type { FleetView } from "../domain/load.ts";
import type { Profile } from "../domain/policy.ts";
import type { Target } from "../domain/pool.ts";
import type { Reason } from "../domain/reason.ts";
import type { SnapshotReading } from "../domain/registry.ts";
import type { Traits } from "../domain/traits.ts";
import { profileNamed, targetsOf } from "../registry/document.ts";
import { fixedRejection } from "./filters.ts";
import { standing } from "./fleet.ts";
import { type Pick, pick } from "./pick.ts";
import { successProbability } from "./quality.ts";
import { type Weighing, isCandidate, weigh } from "./terms.ts";

export type DecideInput = {
  readonly id: string;
  readonly ask: Ask;
  readonly traits: Traits;
  /** True when the classifier failed and `traits` are only what could be counted. */
  readonly classifierFailed: boolean;
  readonly reading: SnapshotReading;
  readonly fleet: FleetView;
  readonly nowMs: number;
  readonly random: () => number;
};

function weighingOf(input: DecideInput, profile: Profile): Weighing {
  return {
    ask: input.ask,
    traits: input.traits,
    profile,
    qualityFloor: 0,
    energyUsdPerKwh: input.reading.snapshot.document.policy.energyUsdPerKwh,
    fleet: input.fleet,
    nowMs: input.nowMs,
    panic: false,
    lastResort: false,
  };
}

/**
 * The verdict on a target that was full, or under a floor that only the profile set, once the decision's own targets have
 * failed. What the request itself limits stays a limit.
 */
export function lastResort(input: DecideInput, target: Target): Verdict {
  const weighing = weighingOf(input, chooseProfile(input).profile);
  return weigh(target, { ...weighing, qualityFloor: input.ask.minQuality ?? 0, lastResort: true });
}

/** The same inputs give the same decision. An empty `order` means that nothing passed; the reason says which way. */
export function decide(input: DecideInput): Decision {
  const { document } = input.reading.snapshot;
  const targets = targetsOf(document);
  const chosen = chooseProfile(input);
  const unfloored = weighingOf(input, chosen.profile);
  const floor = qualityFloor(unfloored, targets);
  const weighing = { ...unfloored, qualityFloor: floor.used };
  const { verdicts, panic } = weighAll(targets, weighing);
  const weighed = targets.flatMap((target, index) => {
    const candidate = verdicts[index];
    return candidate?.verdict === "candidate" ? [{ target, candidate }] : [];
  });
  const picked = pick(weighed, {
    ask: input.ask,
    tieTolerance: chosen.profile.tieTolerance,
    random: input.random,
  });
  const order = input.ask.preferences.allowFallbacks ? picked.order : picked.order.slice(0, 1);
  return {
    id: input.id,
    atMs: input.nowMs,
    reason: reasonOf(input, { verdicts, picked, panic, byDefault: chosen.byDefault }),
    profile: chosen.name,
    qualityFloor: floor,
    registryVersion: input.reading.snapshot.version,
    registryAgeMs: input.reading.ageMs,
    traits: input.traits,
    stream: input.ask.stream,
    order: order.map(({ target }) => target),
    targets: verdicts,
  };
}

type ChosenProfile = { readonly name: string; readonly profile: Profile; readonly byDefault: boolean };

/** The request's profile, else the policy's; for a prompt without evidence the policy's profile for that. */
function chooseProfile({ ask, traits, classifierFailed, reading }: DecideInput): ChosenProfile {
  const { document } = reading.snapshot;
  const asked = ask.profile ?? (ask.selector.kind === "auto" ? ask.selector.profile : null);
  const blind = ask.selector.kind === "auto" && (traits.evidence === "none" || classifierFailed);
  const byDefault = asked === null && blind;
  const name = asked ?? (byDefault ? document.policy.noEvidenceProfile : document.policy.defaultProfile);
  const profile = profileNamed(document, name) ?? profileNamed(document, "auto");
  if (profile === null) throw new Error("the shipped profile `auto` is missing");
  return { name, profile, byDefault };
}

/**
 * A floor that the request names is strict. A profile's is what the operator would like: where no target
 * that could serve the prompt and stands reaches it, the best of them is still better than a 503.
 */
function qualityFloor(weighing: Weighing, targets: readonly Target[]): Decision["qualityFloor"] {
  const { ask, traits, profile } = weighing;
  if (ask.minQuality !== null) return { asked: ask.minQuality, used: ask.minQuality };
  if (ask.selector.kind !== "auto" && ask.profile === null) return { asked: 0, used: 0 };
  const able = targets.filter((target) => isAble(target, weighing));
  const up = able.filter(({ pool }) => standing(pool, weighing.fleet, weighing).length > 0);
  const best = (up.length > 0 ? up : able).reduce(
    (most, target) => Math.max(most, successProbability(target, traits)),
    0,
  );
  return { asked: profile.minQuality, used: Math.min(profile.minQuality, best) };
}

/** True when only quality and the state of its backends stand between the target and the prompt. */
function isAble(target: Target, weighing: Weighing): boolean {
  const { ask, traits } = weighing;
  if (target.pool.price === undefined || fixedRejection(target, ask, traits) !== null) return false;
  const { usdPerMTokIn, usdPerMTokOut } = ask.preferences.maxPrice;
  const limits = [ask.maxTtftMs, ask.maxCostUsd, usdPerMTokIn, usdPerMTokOut];
  if (limits.every((limit) => limit === null)) return true;
  const verdict = weigh(target, weighing);
  return verdict.verdict === "candidate" || !["too_slow", "too_dear"].includes(verdict.filter);
}

/** Weighs all; when ejection alone left nothing, weighs again without it: a doubtful backend is better than none. */
function weighAll(
  targets: readonly Target[],
  weighing: Weighing,
): { verdicts: readonly Verdict[]; panic: boolean } {
  const verdicts = targets.map((target) => weigh(target, weighing));
  const stuck =
    !verdicts.some(isCandidate) &&
    verdicts.some((verdict) => verdict.verdict === "rejected" && verdict.filter === "down");
  if (!stuck) return { verdicts, panic: false };
  const again = targets.map((target) => weigh(target, { ...weighing, panic: true }));
  return again.some(isCandidate) ? { verdicts: again, panic: true } : { verdicts, panic: false };
}

type Outcome = {
  readonly verdicts: readonly Verdict[];
  readonly picked: Pick;
  readonly panic: boolean;
  readonly byDefault: boolean;
};

function reasonOf(
  { ask, classifierFailed, reading }: DecideInput,
  { verdicts, picked, panic, byDefault }: Outcome,
): Reason {
  if (picked.order.length === 0) {
    return verdicts.some((verdict) => verdict.verdict === "rejected" && verdict.filter === "full")
      ? "all_full"
      : "no_capable_pool";
  }
  if (panic) return "panic_all_unhealthy";
  if (reading.stale) return "degraded_stale_registry";
  if (classifierFailed && ask.selector.kind === "auto") return "degraded_classifier";
  if (byDefault) return "default_no_evidence";
  if (ask.selector.kind === "pool" || picked.byOrder) return "pinned_pool";
  if (ask.selector.kind === "models") return "pinned_model";
  if (picked.byAffinity) return "session_affinity";
  return picked.order.length === 1 ? "only_capable" : "cheapest_capable";
}

/** True when ejection was ignored for this decision, so that it is ignored in the choice of a backend too. */
export const isPanic = (decision: Decision): boolean => decision.reason === "panic_all_unhealthy";
