import { isPanic } from "../dispatch/decide.ts";
import { pickBackend } from "../dispatch/fleet.ts";
import { backendKey, targetId } from "../domain/pool.ts";
import type { Step } from "./progress.ts";
import type { RelayDeps, RelayInput } from "./types.ts";

/** Backends of one target that a request tries while another target is left: a pool may be down as a whole. */
const TRIES_PER_TARGET = 2;

/**
 * The next backend: another of the same target first (it costs the same), then the next target of the decision. After
 * a failure the full ones too, last: to wait in an engine's queue is better than to be turned away for a fault.
 */
export function nextStep(input: RelayInput, deps: RelayDeps, tried: ReadonlySet<string>): Step | null {
  const { decision } = input;
  const full = decision.targets
    .filter((verdict) => verdict.verdict === "rejected" && verdict.filter === "full")
    .map(({ target }) => target);
  const fallbacks = tried.size > 0 && input.ask.preferences.allowFallbacks ? full : [];
  const tired = (id: string) => triesOf(id, input, tried) >= TRIES_PER_TARGET;
  return (
    firstFree(tried.size === 0 ? decision.order : decision.order.filter((id) => !tired(id)), {
      input,
      deps,
      tried,
      overflow: false,
    }) ??
    firstFree(fallbacks, { input, deps, tried, overflow: true }) ??
    firstFree(decision.order.filter(tired), { input, deps, tried, overflow: false })
  );
}

function triesOf(id: string, { targets }: RelayInput, tried: ReadonlySet<string>): number {
  const pool = targets.find((one) => targetId(one) === id)?.pool;
  return pool?.backends.filter((backend) => tried.has(backendKey(pool.id, backend.id))).length ?? 0;
}

type Search = {
  readonly input: RelayInput;
  readonly deps: RelayDeps;
  readonly tried: ReadonlySet<string>;
  readonly overflow: boolean;
};

function firstFree(ids: readonly string[], { input, deps, tried, overflow }: Search): Step | null {
  const choice = {
    nowMs: deps.now(),
    panic: isPanic(input.decision),
    session: input.ask.session,
    tried,
    overflow,
    random: deps.random,
  };
  for (const id of ids) {
    const target = input.targets.find((one) => targetId(one) === id);
    const backend = target === undefined ? null : pickBackend(target.pool, deps.state.fleet, choice);
    if (target !== undefined && backend !== null) return { target, backend };
  }
  return null;
}
