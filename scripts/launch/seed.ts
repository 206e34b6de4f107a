/** The registry that a local start wants, and how it is laid over the one that is there. Pure but for `seedRegistry`. */
import type { z } from "zod";
import type { Policy } from "../../src/domain/policy.ts";
import { poolSchema, type Pool } from "../../src/domain/pool.ts";
import { registryDocumentSchema, type RegistryDocument } from "../../src/domain/registry.ts";
import { LOCAL_START_TAG } from "./discovery.ts";

type SimulatedPoolSeed = Omit<z.input<typeof poolSchema>, "backends"> & { readonly slots: number };

/** A CPU slice, a small GPU and a large one, at 2026 on-demand prices. */
export const SIMULATED_SEEDS: readonly SimulatedPoolSeed[] = [
  {
    id: "altra",
    kind: "cpu",
    hardware: { id: "altra-q80", count: 0.4 },
    load: "llama.cpp",
    slots: 8,
    models: [
      {
        id: "llama-3.2-3b-instruct",
        aliases: ["small"],
        quantization: "q8_0",
        contextTokens: 131_072,
        capabilities: ["tools", "json_schema"],
      },
    ],
    price: { basis: "hourly", usdPerHour: 0.416, accounting: "marginal" },
    powerWatts: 84,
  },
  {
    id: "l4",
    kind: "gpu",
    hardware: { id: "l4", count: 1 },
    load: "vllm",
    slots: 16,
    models: [
      {
        id: "llama-3.1-8b-instruct",
        aliases: ["medium"],
        quantization: "fp8",
        contextTokens: 131_072,
        capabilities: ["tools", "json_schema"],
      },
    ],
    price: { basis: "hourly", usdPerHour: 0.71, accounting: "amortised" },
  },
  {
    id: "h100",
    kind: "gpu",
    hardware: { id: "h100", count: 1 },
    load: "vllm",
    slots: 32,
    models: [
      {
        id: "llama-3.1-70b-instruct",
        aliases: ["large"],
        quantization: "fp8",
        contextTokens: 131_072,
        capabilities: ["tools", "json_schema"],
      },
    ],
    price: { basis: "hourly", usdPerHour: 6.88, accounting: "amortised" },
  },
];

export const SIMULATED_BASELINE = "h100/llama-3.1-70b-instruct";

/** A seed as the registry's pool, once its server's address is known. */
export function simulatedPool({ slots, ...pool }: SimulatedPoolSeed, url: string): Pool {
  return poolSchema.parse({ ...pool, tags: [LOCAL_START_TAG], backends: [{ id: "a", url, slots }] });
}

const isLocalStart = (pool: Pool) => pool.tags.includes(LOCAL_START_TAG);

/** A pool of an earlier start keeps what its operator changed since; only where it is and what it serves are new. */
function refreshed(before: Pool | undefined, now: Pool): Pool {
  if (before === undefined) return now;
  const models = now.models.map((model) => before.models.find(({ id }) => id === model.id) ?? model);
  return { ...before, backends: now.backends, models };
}

function withBaseline(policy: Policy, pools: readonly Pool[], wanted: string | undefined): Policy {
  const { baselineTarget, ...rest } = policy;
  const targets = new Set(pools.flatMap((pool) => pool.models.map((model) => `${pool.id}/${model.id}`)));
  const kept = [baselineTarget, wanted].find((target) => target !== undefined && targets.has(target));
  return kept === undefined ? rest : { ...rest, baselineTarget: kept };
}

/**
 * The document after a start: the operator's pools as they are, and the started pools in place of
 * those of earlier starts, whose addresses are gone.
 */
export function mergeRegistry(
  current: RegistryDocument,
  started: readonly Pool[],
  baseline?: string,
): RegistryDocument {
  const operators = current.pools.filter((pool) => !isLocalStart(pool));
  const taken = new Set(operators.map((pool) => pool.id));
  const earlier = new Map(current.pools.filter(isLocalStart).map((pool) => [pool.id, pool]));
  const added = started
    .filter((pool) => !taken.has(pool.id))
    .map((pool) => refreshed(earlier.get(pool.id), pool));
  const pools = [...operators, ...added];
  return { pools, policy: withBaseline(current.policy, pools, baseline) };
}

export type Admin = { readonly origin: string; readonly token: string };

/** Puts the started pools into the registry through the admin API. */
export async function seedRegistry(
  admin: Admin,
  started: readonly Pool[],
  baseline?: string,
): Promise<RegistryDocument> {
  const address = `${admin.origin}/admin/v1/registry`;
  const authorization = `Bearer ${admin.token}`;
  const read = await fetch(address, { headers: { authorization } });
  if (!read.ok) throw new Error(`reading the registry answered ${read.status}: ${await read.text()}`);
  const document = mergeRegistry(registryDocumentSchema.parse(await read.json()), started, baseline);
  const written = await fetch(address, {
    method: "PUT",
    headers: {
      authorization,
      "content-type": "application/json",
      "if-match": read.headers.get("etag") ?? "*",
    },
    body: JSON.stringify(document),
  });
  if (!written.ok)
    throw new Error(`writing the registry answered ${written.status}: ${await written.text()}`);
  await written.body?.cancel();
  return document;
}
