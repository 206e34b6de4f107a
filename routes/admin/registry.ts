/** The whole registry document: read, replace, versions, roll back. */
import type { Hono } from "hono";
import { z } from "zod";
import type { Snapshot } from "../../src/domain/registry.ts";
import { HISTORY_MAX } from "../../src/store/history.ts";
import { parseWith, readJson } from "../body.ts";
import type { RouterDeps } from "../deps.ts";
import {
  asStore,
  etag,
  expectedVersion,
  integerQuery,
  neededVersion,
  notModified,
  queryOf,
  write,
} from "./write.ts";

const rollbackSchema = z.strictObject({ version: z.number().int().min(1) });

const document = ({ document: body, version }: Snapshot): Response =>
  Response.json(body, { headers: { etag: etag(version) } });

export function registryRoutes(app: Hono, dependencies: () => RouterDeps): void {
  app.get("/registry", async (context) => {
    queryOf(context.req.url, []);
    const snapshot = await asStore(dependencies(), "registry", () => dependencies().registry.read());
    return notModified(context.req.raw.headers, snapshot.version) ?? document(snapshot);
  });
  app.put("/registry", async (context) => {
    const expected = await neededVersion(dependencies(), context.req.raw.headers);
    const body = await readJson(context.req.raw);
    return document((await write(dependencies(), { kind: "put", document: body }, expected)).after);
  });
  app.get("/registry/versions", async (context) => {
    const query = queryOf(context.req.url, ["limit", "cursor"]);
    const limit = integerQuery(query, "limit", { least: 1, most: HISTORY_MAX }) ?? 50;
    const before = integerQuery(query, "cursor", { least: 1, most: Number.MAX_SAFE_INTEGER });
    const rows = await asStore(dependencies(), "registry", () =>
      dependencies().registry.versions(limit + 1, before),
    );
    const data = rows.slice(0, limit);
    return Response.json({ data, next: rows.length > limit ? String(data.at(-1)?.version ?? "") : null });
  });
  app.post("/registry/rollback", async (context) => {
    const expected = expectedVersion(context.req.raw.headers);
    const { version } = parseWith(rollbackSchema, await readJson(context.req.raw));
    return document((await write(dependencies(), { kind: "rollback", version }, expected)).after);
  });
}
