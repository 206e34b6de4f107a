/** Which version stands in KV when writes overlap, hang or fail. */
import { runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { PUBLISH, Publisher } from "../../src/store/publisher.ts";
import { registryDocumentSchema, snapshotSchema } from "../../src/domain/registry.ts";
import { SNAPSHOT_KEY } from "../../src/store/snapshot.ts";
import { admin, setUp } from "./world.ts";

const document = registryDocumentSchema.parse({});
const KEY = "publisher-test";

/** A publisher of versions on real KV, whose writes may be held at the door; clock and alarm are the test's. */
const worldOf = () => {
  const world = { version: 1, nowMs: 10_000, alarmAtMs: 0, doors: [] as Promise<void>[], puts: 0 };
  const writes: Promise<void>[] = [];
  const publisher = new Publisher({
    newest: () => ({ version: world.version, publishedAtMs: 0, document }),
    put: async (text) => {
      const door = world.doors[world.puts];
      world.puts += 1;
      await door;
      await env.SNAPSHOT.put(KEY, text);
    },
    setAlarm: (atMs) => {
      world.alarmAtMs = atMs;
      return Promise.resolve();
    },
    deleteAlarm: () => {
      world.alarmAtMs = 0;
      return Promise.resolve();
    },
    now: () => world.nowMs,
    background: (promise) => void writes.push(promise),
  });
  return {
    world,
    /** A change, or the alarm. Answers at once, whatever the write does. */
    publish: () => publisher.publish(),
    settled: () => Promise.all(writes),
    /** The alarm as often as it is set, an hour at most. */
    alarms: async () => {
      for (let rung = 0; world.alarmAtMs !== 0 && rung < 3600; rung += 1) {
        world.nowMs = world.alarmAtMs;
        await publisher.publish();
        await Promise.all(writes.slice(1));
      }
    },
  };
};
const published = async () =>
  snapshotSchema.safeParse(await env.SNAPSHOT.get(KEY, { type: "json" })).data?.version ?? null;

beforeEach(() => env.SNAPSHOT.delete(KEY));

describe("publishing", () => {
  it("one change, one write, no alarm left", async () => {
    const { world, publish, settled } = worldOf();
    await publish();
    await settled();
    expect([await published(), world.puts, world.alarmAtMs]).toEqual([1, 1, 0]);
  });

  it("changes that come faster than KV takes them are one write later, of the newest", async () => {
    const { world, publish, settled, alarms } = worldOf();
    for (world.version = 1; world.version < 5; world.version += 1) await publish();
    await settled();
    await alarms();
    expect([await published(), world.puts, world.alarmAtMs]).toEqual([5, 2, 0]);
  });

  it("no second write while one is under way; the alarm follows with the newest", async () => {
    const { world, publish, settled, alarms } = worldOf();
    const door = Promise.withResolvers<void>();
    world.doors = [door.promise];
    await publish();
    world.version = 2;
    world.nowMs += 5 * PUBLISH.everyMs;
    await publish();
    expect([world.puts, world.alarmAtMs]).toEqual([1, world.nowMs + PUBLISH.everyMs]);
    door.resolve();
    await settled();
    await alarms();
    expect([await published(), world.puts, world.alarmAtMs]).toEqual([2, 2, 0]);
  });

  it("a write that was taken for lost and lands after its successor is followed by the newest again", async () => {
    const { world, publish, settled, alarms } = worldOf();
    const door = Promise.withResolvers<void>();
    world.doors = [door.promise];
    await publish();
    world.version = 2;
    await alarms();
    expect([await published(), world.nowMs >= 10_000 + PUBLISH.lostAfterMs]).toEqual([2, true]);
    door.resolve();
    await settled();
    expect(await published()).toBe(1);
    await alarms();
    expect([await published(), world.alarmAtMs]).toEqual([2, 0]);
  });

  it("what fails is tried again", async () => {
    const { world, publish, settled, alarms } = worldOf();
    const down = Promise.reject(new Error("down"));
    down.catch(() => undefined);
    world.doors = [down, down];
    await publish();
    await settled();
    expect([await published(), world.alarmAtMs > 0]).toEqual([null, true]);
    await alarms();
    expect([await published(), world.puts, world.alarmAtMs]).toEqual([1, 3, 0]);
  });
});

it("the object's newest version reaches KV after a burst of changes", async () => {
  await setUp();
  const answers = [2, 3, 4, 5].map((weight) => admin("/pools/h100", { method: "PATCH", body: { weight } }));
  await Promise.all(answers);
  const registry = env.REGISTRY.get(env.REGISTRY.idFromName("registry"));
  const newest = await registry.read(null, null);
  await vi.waitFor(
    async () => {
      await runDurableObjectAlarm(registry);
      expect(await env.SNAPSHOT.get(SNAPSHOT_KEY, { type: "json" })).toEqual(newest);
    },
    { timeout: 20_000, interval: 100 },
  );
});
