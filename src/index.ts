/** The roof: knows the environment, makes what the routes are given, exports the Durable Object. */
import { createApp } from "../routes/app.ts";
import type { RouterDeps } from "../routes/deps.ts";
import { IsolateState } from "./relay/isolate.ts";
import { analyticsPoint } from "./store/analytics.ts";
import { consume } from "./store/consume.ts";
import { emptyBuffer, enqueue } from "./store/decision-queue.ts";
import { readDecision, readNewest } from "./store/decision-log.ts";
import { openDecisions } from "./store/decision-pages.ts";
import { readStats } from "./store/decision-stats.ts";
import { type KeyRing, keyName, keyRing, keysFrom } from "./store/keys.ts";
import type { Snapshot } from "./domain/registry.ts";
import { emptyCell, keep, readSnapshot, snapshotStores } from "./store/snapshot.ts";
import { urlRulesFrom } from "./store/url-rules.ts";
import { logDecision, logProblem } from "./telemetry/log.ts";
import { send } from "./upstream/send.ts";

export { RegistryObject } from "./store/registry-object.ts";

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A secret by name; a binding of another kind is not one. */
const secretOf = (env: Env, name: string): string | null => {
  const value: unknown = Reflect.get(env, name);
  return typeof value === "string" && value !== "" ? value : null;
};

/** Rings of digests, made on the first request and kept: data, not a promise that would belong to one request. */
function keyCheck(env: Env, keys: () => ReadonlyMap<string, string>) {
  let ring: KeyRing | null = null;
  const first = async (presented: string): Promise<string | null> => {
    const pepper = secretOf(env, "KEY_PEPPER");
    if (pepper === null) throw new Error("the secret KEY_PEPPER is not set: run npm run secrets");
    ring = await keyRing(pepper, keys());
    return keyName(ring, presented);
  };
  return (presented: string) => (ring === null ? first(presented) : keyName(ring, presented));
}

function dependenciesOf(env: Env): RouterDeps {
  const cell = emptyCell();
  const buffer = emptyBuffer();
  const state = new IsolateState();
  const rules = urlRulesFrom(env);
  const stores = snapshotStores(env.REGISTRY, env.SNAPSHOT);
  const registry = () => env.REGISTRY.get(env.REGISTRY.idFromName("registry"));
  const adminToken = secretOf(env, "ADMIN_TOKEN");
  const adminName = keyCheck(env, () => new Map(adminToken === null ? [] : [["admin", adminToken]]));
  const delivery = { queue: env.DECISIONS, wait, now: Date.now, print: logDecision, problem: logProblem };
  return {
    now: Date.now,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    keyName: keyCheck(env, () =>
      keysFrom({ DEV_API_KEY: secretOf(env, "DEV_API_KEY"), API_KEYS: secretOf(env, "API_KEYS") }),
    ),
    isAdmin: async (presented) => (await adminName(presented)) !== null,
    snapshot: (background) =>
      readSnapshot(cell, stores, {
        now: Date.now,
        wait,
        waitUntil: (promise) => background.waitUntil(promise),
      }),
    relay: {
      send: (outgoing) => send(outgoing, rules),
      secret: (name) => secretOf(env, name),
      state,
      now: Date.now,
      random: Math.random,
    },
    record: (record, background) => {
      env.ANALYTICS?.writeDataPoint(analyticsPoint(record));
      const sending = enqueue(buffer, record, delivery);
      if (sending !== null) background.waitUntil(sending);
    },
    problem: logProblem,
    registry: {
      read: async () => {
        const snapshot: Snapshot | null = await registry().read(null, null);
        if (snapshot === null) throw new Error("the registry object answered nothing");
        keep(cell, snapshot, Date.now());
        return snapshot;
      },
      change: async (change, expectedVersion) => {
        const result = await registry().change(change, expectedVersion);
        if (result.ok) keep(cell, result.after, Date.now());
        return result;
      },
      versions: async (limit, beforeVersion) => registry().versions(limit, beforeVersion),
    },
    log: {
      newest: (limit) => readNewest(env.LOG, limit),
      pages: (shown, filter, asked) => openDecisions(env.LOG, shown, filter, asked),
      get: (id) => readDecision(env.LOG, id),
      stats: (filter) => readStats(env.LOG, filter),
    },
  };
}

let made: { readonly env: Env; readonly deps: RouterDeps } | null = null;
let current: Env | null = null;

/** One set an isolate. */
const dependencies = (): RouterDeps => {
  if (current === null) throw new Error("asked before the first request");
  if (made?.env !== current) made = { env: current, deps: dependenciesOf(current) };
  return made.deps;
};

const app = createApp(dependencies);

export default {
  fetch: (request, env, ctx) => {
    // The same object for every request of an isolate in production; tests may bring another.
    current ??= env;
    return app.fetch(request, env, ctx);
  },
  queue: (batch, env) =>
    consume(batch, env.LOG, {
      problem: logProblem,
      observe: (seen) => env.REGISTRY.get(env.REGISTRY.idFromName("registry")).observe(seen),
    }),
} satisfies ExportedHandler<Env, string>;
