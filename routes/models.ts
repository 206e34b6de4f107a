/** GET /v1/models: what a client may name. */
import type { RegistryDocument } from "../src/domain/registry.ts";
import { SHIPPED_PROFILES } from "../src/domain/policy.ts";

type ModelEntry = {
  readonly id: string;
  readonly object: "model";
  readonly created: number;
  readonly owned_by: string;
  readonly pools: readonly string[];
};

/** `auto`, a name for each profile, each served model and alias, each pool. */
export function modelEntries(document: RegistryDocument, createdSeconds: number): ModelEntry[] {
  const entry = (id: string, ownedBy: string, pools: readonly string[]): ModelEntry => ({
    id,
    object: "model",
    created: createdSeconds,
    owned_by: ownedBy,
    pools,
  });
  const all = document.pools.map(({ id }) => id);
  const profiles = [...new Set([...Object.keys(SHIPPED_PROFILES), ...Object.keys(document.policy.profiles)])];
  const served = new Map<string, string[]>();
  for (const pool of document.pools) {
    for (const model of pool.models) {
      for (const name of [model.id, ...model.aliases])
        served.set(name, [...(served.get(name) ?? []), pool.id]);
    }
  }
  return [
    entry("auto", "pointsman", all),
    ...profiles.map((profile) => entry(`auto/${profile}`, "pointsman", all)),
    ...[...served].map(([name, pools]) => entry(name, "pool", pools)),
    ...all.map((id) => entry(`pool/${id}`, "pool", [id])),
  ];
}
