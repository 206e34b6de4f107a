/** Pools one by one. A change of what bears on decisions says what it would have done to the last of them. */
import type { Hono } from "hono";
import type { Pool } from "../../src/domain/pool.ts";
import type { Snapshot } from "../../src/domain/registry.ts";
import { type WhatIf, whatIf } from "../../src/dispatch/what-if.ts";
import { poolNamed } from "../../src/registry/patch.ts";
import type { Change } from "../../src/store/registry-object.ts";
import { readJson } from "../body.ts";
import type { RouterDeps } from "../deps.ts";
import { RequestError, invalidRequest, quoted } from "../request-error.ts";
import { asStore, etag, expectedVersion, neededVersion, notModified, queryOf, write } from "./write.ts";

/** Decisions on which a change is tried. */
export const EFFECT_DECISIONS = 100;

const found = (snapshot: Snapshot, id: string): Pool => {
  const pool = poolNamed(snapshot.document, id);
  if (pool === null) throw new RequestError({ kind: "not_found", what: `The pool ${quoted(id)}` });
  return pool;
};

/** Null when the log cannot be read or is empty: a change never waits for its own explanation to work. */
async function effectOf(deps: RouterDeps, before: Snapshot, after: Snapshot): Promise<WhatIf | null> {
  try {
    const records = await deps.log.newest(EFFECT_DECISIONS);
    const taken = records.flatMap(({ decision, ask }) =>
      decision === null || ask === null ? [] : [{ decision, ask }],
    );
    return taken.length === 0 ? null : whatIf(taken, before.document, after.document);
  } catch {
    deps.problem("effect_unavailable", {});
    return null;
  }
}

async function changed(
  deps: RouterDeps,
  change: Change,
  id: string,
  expected: number | null,
): Promise<Response> {
  const { before, after } = await write(deps, change, expected);
  const effect = await effectOf(deps, before, after);
  return Response.json({ ...found(after, id), effect }, { headers: { etag: etag(after.version) } });
}

const record = (body: unknown): Record<string, unknown> => {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw invalidRequest(null, "A JSON object is expected.");
  return { ...body };
};

export function poolRoutes(app: Hono, dependencies: () => RouterDeps): void {
  app.get("/pools", async (context) => {
    queryOf(context.req.url, []);
    const snapshot = await asStore(dependencies(), "registry", () => dependencies().registry.read());
    return (
      notModified(context.req.raw.headers, snapshot.version) ??
      Response.json(
        { data: snapshot.document.pools, next: null },
        { headers: { etag: etag(snapshot.version) } },
      )
    );
  });
  app.post("/pools", async (context) => {
    const expected = expectedVersion(context.req.raw.headers);
    const pool = record(await readJson(context.req.raw));
    const { after } = await write(dependencies(), { kind: "create_pool", pool }, expected);
    return Response.json(found(after, String(pool["id"])), {
      status: 201,
      headers: { etag: etag(after.version), location: `/admin/v1/pools/${String(pool["id"])}` },
    });
  });
  app.get("/pools/:id", async (context) => {
    queryOf(context.req.url, []);
    const snapshot = await asStore(dependencies(), "registry", () => dependencies().registry.read());
    const pool = found(snapshot, context.req.param("id"));
    return (
      notModified(context.req.raw.headers, snapshot.version) ??
      Response.json(pool, { headers: { etag: etag(snapshot.version) } })
    );
  });
  app.put("/pools/:id", async (context) => {
    const expected = await neededVersion(dependencies(), context.req.raw.headers);
    const id = context.req.param("id");
    const pool = { id, ...record(await readJson(context.req.raw)) };
    if (pool.id !== id) throw invalidRequest("id", "The id in the body is not the id in the path.");
    return changed(dependencies(), { kind: "put_pool", id, pool }, id, expected);
  });
  app.patch("/pools/:id", async (context) => {
    const expected = expectedVersion(context.req.raw.headers);
    const id = context.req.param("id");
    const patch = record(await readJson(context.req.raw));
    if ("id" in patch && patch["id"] !== id) throw invalidRequest("id", "A pool's id cannot be changed.");
    if (Object.keys(patch).length === 0) throw invalidRequest(null, "The patch is empty.");
    return changed(dependencies(), { kind: "patch_pool", id, patch }, id, expected);
  });
  app.delete("/pools/:id", async (context) => {
    const expected = expectedVersion(context.req.raw.headers);
    const { after } = await write(
      dependencies(),
      { kind: "delete_pool", id: context.req.param("id") },
      expected,
    );
    return new Response(null, { status: 204, headers: { etag: etag(after.version) } });
  });
  for (const [verb, draining] of [
    ["drain", true],
    ["undrain", false],
  ] as const) {
    app.post(`/pools/:id/${verb}`, async (context) => {
      const expected = expectedVersion(context.req.raw.headers);
      const id = context.req.param("id");
      return changed(dependencies(), { kind: "patch_pool", id, patch: { draining } }, id, expected);
    });
  }
}
