/** What the isolate's view says of a pool: which backends can be used, and how busy they are. Pure. */
import { rendezvous } from "../domain/hash.ts";
import { type FleetView, UNKNOWN_BACKEND } from "../domain/load.ts";
import { type Backend, type Pool, backendKey } from "../domain/pool.ts";
import type { PoolLoad } from "../pricing/cost.ts";

export const backendState = (fleet: FleetView, pool: Pool, backend: Backend) =>
  fleet.get(backendKey(pool.id, backend.id)) ?? UNKNOWN_BACKEND;

/** Backends that are not ejected; all of them when ejection is ignored (panic). */
export const standing = (
  pool: Pool,
  fleet: FleetView,
  at: { readonly nowMs: number; readonly panic: boolean },
): readonly Backend[] =>
  at.panic
    ? pool.backends
    : pool.backends.filter((backend) => backendState(fleet, pool, backend).ejectedUntilMs <= at.nowMs);

export function poolLoad(pool: Pool, fleet: FleetView, backends: readonly Backend[]): PoolLoad {
  // What waits beyond a backend's slots takes none of its sibling's.
  const inFlight = backends.reduce(
    (sum, backend) => sum + Math.min(backend.slots, backendState(fleet, pool, backend).inFlight),
    0,
  );
  return {
    inFlight,
    slots: backends.reduce((sum, backend) => sum + backend.slots, 0),
    backends: backends.length,
  };
}

export type BackendChoice = {
  readonly nowMs: number;
  readonly panic: boolean;
  readonly session: string | null;
  /** Keys (`pool/backend`) that this request has already tried. */
  readonly tried: ReadonlySet<string>;
  /** True when a request that lost its backend may wait in the queue of a full one. */
  readonly overflow: boolean;
  readonly random: () => number;
};

/**
 * The backend inside a pool: where the conversation's hash points, so that its prefix stays cached, else
 * the less busy of two drawn at random (Mitzenmacher, "The Power of Two Choices"). Null when none has a free slot.
 */
export function pickBackend(pool: Pool, fleet: FleetView, choice: BackendChoice): Backend | null {
  const free = standing(pool, fleet, choice).filter(
    (backend) =>
      !choice.tried.has(backendKey(pool.id, backend.id)) &&
      (choice.overflow || backendState(fleet, pool, backend).inFlight < backend.slots),
  );
  if (choice.session !== null)
    return rendezvous(choice.session, free, ({ id, slots }) => ({ id, weight: slots }));
  const draw = () => free[Math.floor(choice.random() * free.length)] ?? null;
  const [first, second] = [draw(), draw()];
  if (first === null || second === null) return null;
  const busy = (backend: Backend) => backendState(fleet, pool, backend).inFlight / backend.slots;
  return busy(second) < busy(first) ? second : first;
}
