/** The isolate's copy of the registry: stale-while-revalidate, the last known good when every store fails. */
import { type Snapshot, type SnapshotReading, snapshotSchema } from "../domain/registry.ts";
import type { RegistryObject } from "./registry-object.ts";

export const SNAPSHOT_KEY = "snapshot";

export const FRESHNESS = {
  /** From here on a request starts a refresh that it does not wait for. */
  refreshAfterMs: 2_000,
  /** From here on a request waits for the refresh: an isolate that slept must not act on what was true before. */
  waitAfterMs: 8_000,
  waitMs: 1_500,
  /** How often a request looks whether another's refresh has ended. */
  lookEveryMs: 10,
} as const;

export type SnapshotStores = {
  /** The present snapshot, or null when it is the known one. */
  readonly registry: (known: Snapshot | null) => Promise<Snapshot | null>;
  /** The published copy, as it was written. */
  readonly kv: () => Promise<unknown>;
};

const revisionOf = (snapshot: Snapshot | null): number => snapshot?.lengths?.revision ?? 0;

/** The stores of a deployment. */
export const snapshotStores = (
  registry: DurableObjectNamespace<RegistryObject>,
  kv: KVNamespace,
): SnapshotStores => ({
  registry: async (known) =>
    registry.get(registry.idFromName("registry")).read(known?.version ?? null, revisionOf(known)),
  kv: () => kv.get(SNAPSHOT_KEY, { type: "json", cacheTtl: 30 }),
});

/** Plain data only: a promise kept here would belong to the request that made it. */
export type SnapshotCell = {
  snapshot: Snapshot | null;
  confirmedAtMs: number;
  refreshStartedAtMs: number;
  refreshing: boolean;
  failed: boolean;
};
export const emptyCell = (): SnapshotCell => ({
  snapshot: null,
  confirmedAtMs: 0,
  refreshStartedAtMs: 0,
  refreshing: false,
  failed: false,
});

/** Puts a snapshot that this isolate has just written or read where the next request finds it. Never goes back. */
export function keep(cell: SnapshotCell, snapshot: Snapshot, nowMs: number): void {
  if (cell.snapshot === null || snapshot.version >= cell.snapshot.version) cell.snapshot = snapshot;
  cell.confirmedAtMs = nowMs;
  cell.failed = false;
}

type Clock = {
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly waitUntil: (promise: Promise<unknown>) => void;
};

/** The registry to decide on, at once while the copy is fresh enough; null when no store has ever answered here. */
export function readSnapshot(
  cell: SnapshotCell,
  stores: SnapshotStores,
  clock: Clock,
): SnapshotReading | Promise<SnapshotReading | null> {
  const nowMs = clock.now();
  const ageMs = nowMs - cell.confirmedAtMs;
  const asked = nowMs - cell.refreshStartedAtMs < FRESHNESS.waitMs;
  const { snapshot } = cell;
  if (snapshot === null) return afterRefresh(cell, boot(cell, stores, clock.now), clock);
  if (ageMs > FRESHNESS.waitAfterMs && !asked)
    return afterRefresh(cell, refresh(cell, stores, clock.now), clock);
  if (ageMs > FRESHNESS.waitAfterMs && cell.refreshing && !cell.failed)
    return afterRefresh(cell, refreshByAnother(cell, clock), clock);
  if (ageMs > FRESHNESS.refreshAfterMs && !asked) clock.waitUntil(refresh(cell, stores, clock.now));
  return readingOf(cell, snapshot, nowMs);
}

const readingOf = (cell: SnapshotCell, snapshot: Snapshot, nowMs: number): SnapshotReading => {
  const ageMs = Math.max(0, nowMs - cell.confirmedAtMs);
  return { snapshot, ageMs, stale: cell.failed || ageMs > FRESHNESS.waitAfterMs };
};

async function afterRefresh(
  cell: SnapshotCell,
  refreshing: Promise<void>,
  { now, wait }: Clock,
): Promise<SnapshotReading | null> {
  await Promise.race([refreshing, wait(FRESHNESS.waitMs)]);
  // A store that hangs has failed as well: the requests that follow do not wait for it one by one.
  if (cell.refreshing) cell.failed = true;
  return cell.snapshot === null ? null : readingOf(cell, cell.snapshot, now());
}

/** Waits with a timer of its own: the promise of a refresh belongs to the request that started it. */
async function refreshByAnother(cell: SnapshotCell, { wait }: Clock): Promise<void> {
  const looks = FRESHNESS.waitMs / FRESHNESS.lookEveryMs;
  for (let look = 0; cell.refreshing && look < looks; look += 1) await wait(FRESHNESS.lookEveryMs);
}

/** The first reading asks KV and the object at once: an object that hangs must not keep KV from answering. */
async function boot(cell: SnapshotCell, stores: SnapshotStores, now: () => number): Promise<void> {
  const copy = readKv(cell, stores, now);
  await refresh(cell, stores, now);
  if (cell.snapshot === null) await copy;
}

/** Asks the object; when that fails, KV. Failure of both is remembered, so that decisions say so. */
async function refresh(cell: SnapshotCell, stores: SnapshotStores, now: () => number): Promise<void> {
  const startedAtMs = now();
  [cell.refreshStartedAtMs, cell.refreshing] = [startedAtMs, true];
  try {
    const newer = await stores.registry(cell.snapshot);
    if (newer !== null) keep(cell, newer, now());
    cell.confirmedAtMs = now();
    cell.failed = false;
  } catch {
    cell.failed = true;
    await readKv(cell, stores, now);
  } finally {
    // One that was given up may end after its successor began, which is still under way.
    if (cell.refreshStartedAtMs === startedAtMs) cell.refreshing = false;
  }
}

/** A copy from KV may be a minute old: it serves, but it is not confirmed. Never throws. */
async function readKv(cell: SnapshotCell, stores: SnapshotStores, now: () => number): Promise<void> {
  try {
    const parsed = snapshotSchema.safeParse(await stores.kv());
    if (!parsed.success) return;
    if (cell.snapshot === null || parsed.data.version > cell.snapshot.version) cell.snapshot = parsed.data;
    if (cell.confirmedAtMs === 0) cell.confirmedAtMs = Math.min(now(), parsed.data.publishedAtMs);
  } catch {
    // The last known good copy stands, and its age or `failed` says so.
  }
}
