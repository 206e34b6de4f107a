/** The HTTP surface. Each plane authenticates where it is mounted, so no path can be spelled around it. */
import { Hono } from "hono";
import { adminApp } from "./admin/app.ts";
import { chat } from "./chat.ts";
import type { Background, RouterDeps } from "./deps.ts";
import { errorResponse } from "./errors.ts";
import { RequestError } from "./request-error.ts";
import { factHeaders, factsFor } from "./headers.ts";
import { modelEntries } from "./models.ts";
import type { PointsmanError } from "../src/domain/errors.ts";
import { reasonOfError } from "../src/domain/errors.ts";

type Variables = { id: string; key: string; receivedAtMs: number };
type AppEnv = { Variables: Variables };

/** `dependencies` is asked on each request: a deployment that is set up wrongly answers with that, not with silence. */
export function createApp(dependencies: () => RouterDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.route("/admin/v1", adminApp(dependencies));
  app.route("/v1", dataApp(dependencies));
  app.get("/healthz", async (context) => {
    const reading = await dependencies().snapshot(context.executionCtx);
    const body = {
      status: reading === null ? "starting" : reading.stale ? "degraded" : "ok",
      registry:
        reading === null
          ? null
          : {
              version: reading.snapshot.version,
              ageMs: reading.ageMs,
              pools: reading.snapshot.document.pools.length,
            },
    };
    return Response.json(body, { status: reading === null ? 503 : 200 });
  });
  app.notFound((context) =>
    errorResponse(
      { kind: "not_found", what: `${context.req.method} ${context.req.path.slice(0, 200)}` },
      factHeaders({ ...factsFor(crypto.randomUUID()), reason: "rejected_request" }),
    ),
  );
  app.onError((error) => {
    dependencies().problem("unexpected_error", {
      name: error.name,
      at: error.stack?.split("\n")[1]?.trim() ?? "",
    });
    return errorResponse({ kind: "internal" });
  });
  return app;
}

const refuse = (
  deps: RouterDeps,
  error: PointsmanError,
  variables: Pick<Variables, "id" | "receivedAtMs">,
): Response =>
  errorResponse(
    error,
    factHeaders({
      ...factsFor(variables.id),
      reason: reasonOfError(error),
      overheadMs: deps.now() - variables.receivedAtMs,
    }),
  );

function dataApp(dependencies: () => RouterDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.use("*", async (context, next) => {
    const deps = dependencies();
    const [id, receivedAtMs] = [deps.newId(), deps.now()];
    context.set("id", id);
    context.set("receivedAtMs", receivedAtMs);
    const key = await deps.keyName(presentedKey(context.req.raw.headers));
    if (key === null) return refuse(deps, { kind: "unauthorized", plane: "data" }, { id, receivedAtMs });
    context.set("key", key);
    return next();
  });
  app.post("/chat/completions", (context) => {
    const { id, key, receivedAtMs } = context.var;
    return chat(context.req.raw, {
      deps: dependencies(),
      background: context.executionCtx,
      id,
      key,
      receivedAtMs,
    });
  });
  app.get("/models", async (context) => models(dependencies(), context.executionCtx, context.var, null));
  app.get("/models/:id{.+}", async (context) =>
    models(dependencies(), context.executionCtx, context.var, decodeURIComponent(context.req.param("id"))),
  );
  app.all("/chat/completions", (context) =>
    refuse(
      dependencies(),
      { kind: "method_not_allowed", method: context.req.method, allowed: ["POST"] },
      context.var,
    ),
  );
  app.all("/models", (context) =>
    refuse(
      dependencies(),
      { kind: "method_not_allowed", method: context.req.method, allowed: ["GET"] },
      context.var,
    ),
  );
  app.onError((error, context) => {
    const deps = dependencies();
    if (error instanceof RequestError) return refuse(deps, error.error, context.var);
    deps.problem("unexpected_error", {
      decision: context.var.id,
      name: error.name,
      at: error.stack?.split("\n")[1]?.trim() ?? "",
    });
    return refuse(deps, { kind: "internal" }, context.var);
  });
  return app;
}

function presentedKey(headers: Headers): string {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get("authorization") ?? "");
  return bearer?.[1] ?? headers.get("x-api-key") ?? "";
}

async function models(
  deps: RouterDeps,
  background: Background,
  { id: decision, receivedAtMs }: Variables,
  id: string | null,
): Promise<Response> {
  const reading = await deps.snapshot(background);
  if (reading === null) throw new RequestError({ kind: "registry_unavailable" });
  const { document, version, publishedAtMs } = reading.snapshot;
  const entries = modelEntries(document, Math.floor(publishedAtMs / 1000));
  const headers = factHeaders({
    ...factsFor(decision),
    registry: { version, ageMs: reading.ageMs },
    overheadMs: deps.now() - receivedAtMs,
  });
  if (id === null) return Response.json({ object: "list", data: entries }, { headers });
  const entry = entries.find((one) => one.id === id);
  if (entry === undefined)
    throw new RequestError({ kind: "unknown_model", model: id.slice(0, 200), param: "id" });
  return Response.json(entry, { headers });
}
