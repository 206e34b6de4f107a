/** Where to try next. */
import { isPanic } from "../dispatch/decide.ts";
import { pickBackend } from "../dispatch/fleet.ts";
import type { Candidate, Filter, Verdict } from "../domain/decision.ts";
import { type Target, backendKey, targetId } from "../domain/pool.ts";
import type { Step } from "./progress.ts";
import type { RelayDeps, RelayInput } from "./types.ts";

/** Backends of one target that a request tries while another target is left: a pool may be down as a whole. */
const TRIES_PER_TARGET = 2;

/**
 * The next backend: another of the same target first (it costs the same), then the next target of the decision. After
 * a failure also, in this order, a full one, whose engine's queue is better than to be turned away for a fault, and one whose model
 * is under the profile's floor.
 */
export function nextStep(input: RelayInput, deps: RelayDeps, tried: ReadonlySet<string>): Step | null {
  const { order } = input.decision;
  const search = { input, deps, tried };
  if (tried.size === 0) return firstFree(order, search);
  const tired = (id: string) => triesOf(id, input, tried) >= TRIES_PER_TARGET;
  const rested = firstFree(
    order.filter((id) => !tired(id)),
    search,
  );
  if (rested !== null || !input.ask.preferences.allowFallbacks) return rested;
  return (
    lastResort("full", search) ?? lastResort("quality", search) ?? firstFree(order.filter(tired), search)
  );
}

function triesOf(id: string, { targets }: RelayInput, tried: ReadonlySet<string>): number {
  const pool = targets.find((one) => targetId(one) === id)?.pool;
  return pool?.backends.filter((backend) => tried.has(backendKey(pool.id, backend.id))).length ?? 0;
}

type Search = { readonly input: RelayInput; readonly deps: RelayDeps; readonly tried: ReadonlySet<string> };

const isCandidate = (verdict: Verdict | undefined): verdict is Candidate => verdict?.verdict === "candidate";

function firstFree(ids: readonly string[], search: Search): Step | null {
  const { decision, targets } = search.input;
  for (const id of ids) {
    const target = targets.find((one) => targetId(one) === id);
    const candidate = decision.targets.find((one) => one.target === id);
    if (target === undefined || !isCandidate(candidate)) continue;
    const step = stepTo({ target, candidate }, search, false);
    if (step !== null) return step;
  }
  return null;
}

/** Of the targets that were rejected by the filter: the best that passes when weighed again. */
function lastResort(filter: Filter, search: Search): Step | null {
  const { decision, targets } = search.input;
  const rejected = new Set(
    decision.targets.flatMap((one) =>
      one.verdict === "rejected" && one.filter === filter ? [one.target] : [],
    ),
  );
  const steps = targets
    .filter((target) => rejected.has(targetId(target)))
    .flatMap((target) => {
      const candidate = search.input.lastResort(target);
      const step = isCandidate(candidate) ? stepTo({ target, candidate }, search, filter === "full") : null;
      return step === null ? [] : [step];
    });
  const [best] = steps.toSorted(
    (a, b) =>
      b.candidate.quality - a.candidate.quality ||
      a.candidate.terms.comparedNanoUsd - b.candidate.terms.comparedNanoUsd,
  );
  return best ?? null;
}

function stepTo(
  to: { readonly target: Target; readonly candidate: Candidate },
  { input, deps, tried }: Search,
  overflow: boolean,
): Step | null {
  const backend = pickBackend(to.target.pool, deps.state.fleet, {
    nowMs: deps.now(),
    panic: isPanic(input.decision),
    session: input.ask.session,
    tried,
    overflow,
    random: deps.random,
  });
  return backend === null ? null : { ...to, backend };
}
