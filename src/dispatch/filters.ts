/** The hard limits: each rejects a target by name, with the evidence. Pure. */
import type { Ask } from "../domain/ask.ts";
import type { Filter } from "../domain/decision.ts";
import type { Capability, Target } from "../domain/pool.ts";
import type { Traits } from "../domain/traits.ts";

export type Rejection = { readonly filter: Filter; readonly evidence: string };
const rejection = (filter: Filter, evidence: string): Rejection => ({ filter, evidence });

/** Limits that need no price and no load: draining, allowed, model, capability, context. Null when all are passed. */
export function fixedRejection(target: Target, ask: Ask, traits: Traits): Rejection | null {
  const { pool } = target;
  if (pool.draining) return rejection("draining", "the pool is draining");
  if (pool.weight === 0) return rejection("draining", "weight 0");
  return (
    allowedRejection(target, ask) ??
    modelRejection(target, ask) ??
    capabilityRejection(target, ask, traits) ??
    contextRejection(target, ask, traits)
  );
}

function allowedRejection({ pool }: Target, { preferences }: Ask): Rejection | null {
  const { only, ignore, order, allowFallbacks, maxPrice } = preferences;
  if (only !== null && !only.includes(pool.id))
    return rejection("not_allowed", "not in the request's list of pools");
  if (ignore.includes(pool.id)) return rejection("not_allowed", "in provider.ignore");
  if (!allowFallbacks && order.length > 0 && !order.includes(pool.id)) {
    return rejection("not_allowed", "not in provider.order, and provider.allow_fallbacks is false");
  }
  if (pool.price?.basis !== "tokens") return null;
  const { usdPerMTokIn, usdPerMTokOut } = maxPrice;
  if (usdPerMTokIn !== null && pool.price.usdPerMTokIn > usdPerMTokIn)
    return rejection("too_dear", `${pool.price.usdPerMTokIn} USD a million prompt tokens`);
  if (usdPerMTokOut !== null && pool.price.usdPerMTokOut > usdPerMTokOut)
    return rejection("too_dear", `${pool.price.usdPerMTokOut} USD a million answer tokens`);
  return null;
}

function modelRejection({ pool, model }: Target, { selector }: Ask): Rejection | null {
  if (selector.kind === "pool")
    return selector.id === pool.id ? null : rejection("wrong_model", `the request names pool/${selector.id}`);
  if (selector.kind === "auto" || selector.names.some((name) => serves({ pool, model }, name))) return null;
  return rejection("wrong_model", `serves ${model.id}`);
}

/** True when the target answers to that model name, its own or an alias. */
export const serves = ({ model }: Target, name: string): boolean =>
  model.id === name || model.aliases.includes(name);

function capabilityRejection({ model }: Target, ask: Ask, { needs }: Traits): Rejection | null {
  const missing: Capability[] = [];
  const require = (needed: boolean, capability: Capability) => {
    if (needed && !model.capabilities.includes(capability)) missing.push(capability);
  };
  require(needs.tools, "tools");
  require(needs.jsonSchema, "json_schema");
  require(needs.vision, "vision");
  require(ask.needsLogprobs, "logprobs");
  return missing.length === 0 ? null : rejection("capability", `lacks ${missing.join(", ")}`);
}

function contextRejection({ model }: Target, { maxOutputTokens }: Ask, traits: Traits): Rejection | null {
  const answer = Math.min(maxOutputTokens ?? Infinity, traits.outputTokens.p50);
  const needed = Math.ceil(traits.inputTokens + answer);
  return needed <= model.contextTokens
    ? null
    : rejection("context_window", `needs about ${needed} tokens of ${model.contextTokens}`);
}
