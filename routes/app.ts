/** The HTTP surface. Each plane authenticates where it is mounted, so no path can be spelled around it. */
import { type Context, Hono } from "hono";
import { adminApp } from "./admin/app.ts";
import type { Call } from "./answer.ts";
import { chat } from "./chat.ts";
import { DATA_ROUTES } from "./data-routes.ts";
import type { RouterDeps } from "./deps.ts";
import { errorResponse } from "./errors.ts";
import { RequestError } from "./request-error.ts";
import { UNRECORDED, factHeaders, factsFor } from "./headers.ts";
import { models } from "./models.ts";
import { allowedMethods } from "./routes.ts";
import { type PointsmanError, reasonOfError } from "../src/domain/errors.ts";
import type { SnapshotReading } from "../src/domain/registry.ts";

/** `dependencies` is asked on each request: a deployment that is set up wrongly answers with that, not with silence. */
export function createApp(dependencies: () => RouterDeps): Hono {
  const app = new Hono();
  app.route("/admin/v1", adminApp(dependencies));
  const keyed = (route: Route) => (context: Context) => withKey(context, dependencies(), route);
  app.post("/v1/chat/completions", keyed({ answer: chat, recorded: true }));
  app.get("/v1/models", keyed({ answer: models, recorded: false }));
  app.get("/v1/models/:id{.+}", keyed({ answer: models, recorded: false }));
  app.get("/healthz", (context) => health(context, dependencies()));
  app.notFound((context) => {
    const { method, path } = context.req;
    const allowed = allowedMethods(DATA_ROUTES, path);
    const error: PointsmanError =
      allowed.length > 0
        ? { kind: "method_not_allowed", method, allowed }
        : { kind: "not_found", what: `${method} ${path.slice(0, 200)}`, ...hintFor(path) };
    return refuse(error, { id: UNRECORDED, overheadMs: 0 });
  });
  app.onError((error) => {
    const id = crypto.randomUUID();
    dependencies().problem("unexpected_error", { decision: id, ...whereOf(error) });
    return refuse({ kind: "internal", decision: id }, { id, overheadMs: 0 });
  });
  return app;
}

/** A base URL without its /v1, or with two, is the usual mistake of a client's first request. */
function hintFor(path: string): { readonly hint?: string } {
  const meant = path.startsWith("/v1/v1/") ? path.slice("/v1".length) : `/v1${path}`;
  return allowedMethods(DATA_ROUTES, meant).length === 0
    ? {}
    : { hint: `Did you mean ${meant.slice(0, 200)}? Set the client's base URL to …/v1, with one /v1.` };
}

const whereOf = (error: Error) => ({ name: error.name, at: error.stack?.split("\n")[1]?.trim() ?? "" });

function refuse(
  error: PointsmanError,
  { id, overheadMs }: { readonly id: string; readonly overheadMs: number },
): Response {
  return errorResponse(error, factHeaders({ ...factsFor(id), reason: reasonOfError(error), overheadMs }));
}

type Route = {
  readonly answer: (request: Request, call: Call) => Promise<Response>;
  /** True when the log holds what it refuses, too. */
  readonly recorded: boolean;
};

/** The data plane's guard, and the one place that answers for what its calls throw. */
async function withKey(context: Context, deps: RouterDeps, route: Route): Promise<Response> {
  const [id, receivedAtMs] = [deps.newId(), deps.now()];
  const request = context.req.raw;
  try {
    const key = await deps.keyName(presentedKey(request.headers));
    if (key === null)
      return refuse(
        { kind: "unauthorized", plane: "data" },
        { id: UNRECORDED, overheadMs: deps.now() - receivedAtMs },
      );
    return await route.answer(request, { deps, background: context.executionCtx, id, receivedAtMs, key });
  } catch (thrown) {
    const overheadMs = deps.now() - receivedAtMs;
    if (thrown instanceof RequestError)
      return refuse(thrown.error, { id: route.recorded ? id : UNRECORDED, overheadMs });
    deps.problem("unexpected_error", {
      decision: id,
      ...(thrown instanceof Error ? whereOf(thrown) : {}),
    });
    return refuse({ kind: "internal", decision: id }, { id, overheadMs });
  }
}

function presentedKey(headers: Headers): string {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get("authorization") ?? "");
  return bearer?.[1] ?? headers.get("x-api-key") ?? "";
}

async function health(context: Context, deps: RouterDeps): Promise<Response> {
  const reading = await deps.snapshot(context.executionCtx);
  const registry = reading === null ? null : standingOf(reading);
  const status = reading === null ? "starting" : reading.stale ? "degraded" : "ok";
  const facts = factHeaders({ ...factsFor(UNRECORDED), registry });
  return Response.json({ status, registry }, { status: reading === null ? 503 : 200, headers: facts });
}

function standingOf({ snapshot, ageMs }: SnapshotReading) {
  const { pools } = snapshot.document;
  const taking = pools.filter(({ draining, weight }) => !draining && weight > 0);
  return { version: snapshot.version, ageMs, pools: pools.length, poolsTaking: taking.length };
}
