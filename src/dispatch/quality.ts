/** P(success) of a target on a prompt: item response theory, a skill against a difficulty on one scale. Pure. */
import type { Target } from "../domain/pool.ts";
import type { Traits } from "../domain/traits.ts";
import { bitsPerWeight, modelFacts } from "../pricing/speed.ts";

/** Steepness of the logistic. IRT-Router and RouterArena fit discriminations of this order on a 0..1 scale. */
const DISCRIMINATION = 8;
/** Skill where neither the operator nor the model's name says anything: neither trusted nor written off. */
const UNKNOWN_SKILL = 0.5;
/** Skill = base + slope x log10(active parameters in billions): about 0.36 at 1B, 0.86 at 70B. */
const SIZE_FIT = { base: 0.36, slope: 0.27 } as const;
/** Skill lost to a coarse quantisation, by bits per weight (llama.cpp's perplexity tables: small above 4, steep under). */
const quantizationLoss = (bits: number): number =>
  bits >= 6 ? 0 : bits >= 4 ? 0.02 : bits >= 3.3 ? 0.05 : 0.1;

/** The target's skill at a task: the operator's for the model, for the pool, else a fit on size and quantisation. */
export function skillOf({ pool, model }: Target, task: Traits["task"]): number {
  const told = model.skills?.[task] ?? pool.skills?.[task];
  if (told !== undefined) return told;
  const facts = modelFacts(model.id);
  if (facts === null) return UNKNOWN_SKILL;
  return (
    SIZE_FIT.base +
    SIZE_FIT.slope * Math.log10(facts.activeB) -
    quantizationLoss(bitsPerWeight(model.quantization))
  );
}

/** 0..1. */
export const successProbability = (target: Target, traits: Traits): number =>
  1 / (1 + Math.exp(-DISCRIMINATION * (skillOf(target, traits.task) - traits.difficulty)));
