/** GET /v1/models: what a client may name. */
import type { Call } from "./answer.ts";
import { UNRECORDED, factHeaders, factsFor } from "./headers.ts";
import { refuseUnknown } from "./read-headers.ts";
import { RequestError } from "./request-error.ts";
import { noSuchModels, profileNames } from "./selector.ts";
import type { RegistryDocument } from "../src/domain/registry.ts";

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
  const served = new Map<string, string[]>();
  for (const pool of document.pools) {
    for (const model of pool.models) {
      for (const name of [model.id, ...model.aliases])
        served.set(name, [...(served.get(name) ?? []), pool.id]);
    }
  }
  return [
    entry("auto", "pointsman", all),
    ...profileNames(document).map((profile) => entry(`auto/${profile}`, "pointsman", all)),
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
  const { deps, background, receivedAtMs } = call;
  refuseUnknown(request.headers);
  const reading = await deps.snapshot(background);
  if (reading === null) throw new RequestError({ kind: "registry_unavailable" });
  const { document, version, publishedAtMs } = reading.snapshot;
  const entries = modelEntries(document, Math.floor(publishedAtMs / 1000));
  const headers = factHeaders({
    ...factsFor(UNRECORDED),
    registry: { version, ageMs: reading.ageMs },
    overheadMs: deps.now() - receivedAtMs,
  });
  const id = namedModel(request.url);
  if (id === null) return Response.json({ object: "list", data: entries }, { headers });
  const entry = entries.find((one) => one.id === id);
  if (entry === undefined)
    throw new RequestError({ kind: "unknown_model", message: noSuchModels([id]), param: "id" });
  return Response.json(entry, { headers });
}
