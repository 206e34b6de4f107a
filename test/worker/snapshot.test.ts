import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
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

describe("a burst after a sleep", () => {
  /** The wait of a limit ends when the test says so; a look comes round at once. */
  const burst = async (stores: (opened: Promise<void>) => SnapshotStores) => {
    const [cell, door, limit] = [emptyCell(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await read(cell, real);
    let asked = 0;
    const behind = stores(door.promise);
    const counted: SnapshotStores = {
      ...behind,
      registry: (known) => {
        asked += 1;
        return behind.registry(known);
      },
    };
    const clock = {
      ...clockAt(NOW_MS + 3_600_000),
      wait: (ms: number) =>
        ms === FRESHNESS.waitMs ? limit.promise : new Promise<void>((resolve) => setTimeout(resolve, 0)),
    };
    const one = async () => told(await readSnapshot(cell, counted, clock));
    return { door, limit, one, asked: () => asked };
  };

  it("every request waits for the one read that is under way, and none decides on what was true before", async () => {
    const { door, one, asked } = await burst((opened) => ({
      ...real,
      registry: (v) => opened.then(() => real.registry(v)),
    }));
    const all = Promise.all([one(), one(), one()]);
    door.resolve();
    expect([await all, asked()]).toEqual([Array.from({ length: 3 }, () => [2, false]), 1]);
  });

  it("a read that fails ends the wait of all; those that follow do not wait again", async () => {
    const { door, one, asked } = await burst((opened) => ({ registry: () => opened.then(down), kv: down }));
    const all = Promise.all([one(), one()]);
    door.resolve();
    expect(await all).toEqual([
      [2, true],
      [2, true],
    ]);
    expect([await one(), asked()]).toEqual([[2, true], 1]);
  });

  it("a read that hangs holds each until its own limit, and those that follow not at all", async () => {
    const { limit, one, asked } = await burst(() => ({ registry: hanging, kv: down }));
    const all = Promise.all([one(), one()]);
    limit.resolve();
    expect(await all).toEqual([
      [2, true],
      [2, true],
    ]);
    expect([await one(), asked()]).toEqual([[2, true], 1]);
  });
});

it("KV holds the version that the object published last", async () => {
  const present = await real.registry(null);
  await vi.waitFor(async () =>
    expect(await env.SNAPSHOT.get(SNAPSHOT_KEY, { type: "json" })).toEqual(present),
  );
});
