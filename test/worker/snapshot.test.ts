import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { SnapshotReading } from "../../src/domain/registry.ts";
import {
  FRESHNESS,
  SNAPSHOT_KEY,
  type SnapshotCell,
  type SnapshotStores,
  emptyCell,
  readSnapshot,
  snapshotStores,
} from "../../src/store/snapshot.ts";
import { setUp } from "./world.ts";

beforeAll(setUp);

const real = snapshotStores(env.REGISTRY, env.SNAPSHOT);
const down = () => Promise.reject(new Error("down"));
const hanging = () => new Promise<never>(() => undefined);
const NOW_MS = Date.now();

const clockAt = (nowMs: number, background: Promise<unknown>[] = []) => ({
  now: () => nowMs,
  // The limit of a wait is reached once everything that can settle has.
  wait: () => new Promise<void>((resolve) => setTimeout(resolve, 50)),
  waitUntil: (promise: Promise<unknown>) => void background.push(promise),
});
const read = (cell: SnapshotCell, stores: SnapshotStores, nowMs = NOW_MS) =>
  readSnapshot(cell, stores, clockAt(nowMs));
const told = (reading: SnapshotReading | null) =>
  reading === null ? null : [reading.snapshot.document.pools.length, reading.stale];

describe("an isolate's first reading", () => {
  it.each([
    ["both stores answer", real, [2, false]],
    ["the object is down: KV's copy, and said so", { ...real, registry: down }, [2, true]],
    ["KV is down", { ...real, kv: down }, [2, false]],
    ["both are down: nothing to decide on", { registry: down, kv: down }, null],
    ["KV holds what is no registry", { registry: down, kv: () => Promise.resolve({ pools: 3 }) }, null],
  ])("%s", async (_what, stores, expected) => {
    expect(told(await read(emptyCell(), stores))).toEqual(expected);
  });

  it("an object that hangs does not keep KV from answering", async () => {
    const old = { version: 3, publishedAtMs: NOW_MS - 60_000, document: { pools: [], policy: {} } };
    const stores = { registry: hanging, kv: () => Promise.resolve(old) };
    expect(told(await read(emptyCell(), stores))).toEqual([0, true]);
  });
});

describe("a copy that is there", () => {
  const known = async () => {
    const cell = emptyCell();
    await read(cell, real);
    return cell;
  };

  it("fresh, it serves at once and asks nobody", async () => {
    const reading = read(await known(), { registry: down, kv: down }, NOW_MS + FRESHNESS.refreshAfterMs);
    expect(reading).toMatchObject({ stale: false, ageMs: FRESHNESS.refreshAfterMs });
  });

  it("older, it serves at once and is renewed behind the request's back", async () => {
    const [cell, background] = [await known(), [] as Promise<unknown>[]];
    const reading = readSnapshot(cell, real, clockAt(NOW_MS + FRESHNESS.refreshAfterMs + 1, background));
    expect(reading).toMatchObject({ stale: false });
    await Promise.all(background);
    expect(cell.confirmedAtMs).toBe(NOW_MS + FRESHNESS.refreshAfterMs + 1);
  });

  it.each([
    ["renewed before it decides", real, false],
    ["kept and called stale when both stores are down", { registry: down, kv: down }, true],
    ["kept and called stale when the object hangs", { registry: hanging, kv: down }, true],
  ])("too old, it is %s", async (_what, stores, stale) => {
    const reading = await read(await known(), stores, NOW_MS + FRESHNESS.waitAfterMs + 1);
    expect(told(reading)).toEqual([2, stale]);
  });
});

it("KV holds the version that the object published last", async () => {
  const published = await env.SNAPSHOT.get(SNAPSHOT_KEY, { type: "json" });
  expect(published).toEqual(await real.registry(null));
});
