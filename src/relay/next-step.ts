import { isPanic } from "../dispatch/decide.ts";
import { pickBackend } from "../dispatch/fleet.ts";
import { targetId } from "../domain/pool.ts";
import type { Step } from "./progress.ts";
import type { RelayDeps, RelayInput } from "./types.ts";

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
  return (
    firstFree(decision.order, { input, deps, tried, overflow: false }) ??
    firstFree(fallbacks, { input, deps, tried, overflow: true })
  );
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
