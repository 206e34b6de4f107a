/** GET /v1/models: what a client may name. */
import type { Call } from "./answer.ts";
import { factHeaders, factsFor } from "./headers.ts";
import { RequestError } from "./request-error.ts";
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

const PATH = "/v1/models/";

/** The id that a path names; null for the list. Clients write the slashes of an id as they are, or escaped. */
function namedModel(url: string): string | null {
  const { pathname } = new URL(url);
  if (!pathname.startsWith(PATH)) return null;
  try {
    return decodeURIComponent(pathname.slice(PATH.length));
  } catch {
    return pathname.slice(PATH.length);
  }
}

/** The list, or one entry of it; throws a RequestError for a name that nobody serves. */
export async function models(request: Request, call: Call): Promise<Response> {
  const { deps, background, id: decision, receivedAtMs } = call;
  const reading = await deps.snapshot(background);
  if (reading === null) throw new RequestError({ kind: "registry_unavailable" });
  const { document, version, publishedAtMs } = reading.snapshot;
  const entries = modelEntries(document, Math.floor(publishedAtMs / 1000));
  const headers = factHeaders({
    ...factsFor(decision),
    registry: { version, ageMs: reading.ageMs },
    overheadMs: deps.now() - receivedAtMs,
  });
  const id = namedModel(request.url);
  if (id === null) return Response.json({ object: "list", data: entries }, { headers });
  const entry = entries.find((one) => one.id === id);
  if (entry === undefined)
    throw new RequestError({ kind: "unknown_model", model: id.slice(0, 200), param: "id" });
  return Response.json(entry, { headers });
}
