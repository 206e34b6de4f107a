/** The HTTP surface. Each plane authenticates where it is mounted, so no path can be spelled around it. */
import { type Context, Hono } from "hono";
import { adminApp } from "./admin/app.ts";
import type { Call } from "./answer.ts";
import { chat } from "./chat.ts";
import { DATA_ROUTES } from "./data-routes.ts";
import type { RouterDeps } from "./deps.ts";
import { errorResponse } from "./errors.ts";
import { RequestError } from "./request-error.ts";
import { factHeaders, factsFor } from "./headers.ts";
import { models } from "./models.ts";
import { allowedMethods } from "./routes.ts";
import { type PointsmanError, reasonOfError } from "../src/domain/errors.ts";

/** `dependencies` is asked on each request: a deployment that is set up wrongly answers with that, not with silence. */
export function createApp(dependencies: () => RouterDeps): Hono {
  const app = new Hono();
  app.route("/admin/v1", adminApp(dependencies));
  const keyed = (answer: Answer) => (context: Context) => withKey(context, dependencies(), answer);
  app.post("/v1/chat/completions", keyed(chat));
  app.get("/v1/models", keyed(models));
  app.get("/v1/models/:id{.+}", keyed(models));
  app.get("/healthz", (context) => health(context, dependencies()));
  app.notFound((context) => {
    const { method, path } = context.req;
    const allowed = allowedMethods(DATA_ROUTES, path);
    const error: PointsmanError =
      allowed.length > 0
        ? { kind: "method_not_allowed", method, allowed }
        : { kind: "not_found", what: `${method} ${path.slice(0, 200)}` };
    return refuse(error, { id: crypto.randomUUID(), overheadMs: 0 });
  });
  app.onError((error) => {
    dependencies().problem("unexpected_error", whereOf(error));
    return refuse({ kind: "internal" }, { id: crypto.randomUUID(), overheadMs: 0 });
  });
  return app;
}

const whereOf = (error: Error) => ({ name: error.name, at: error.stack?.split("\n")[1]?.trim() ?? "" });

function refuse(
  error: PointsmanError,
  { id, overheadMs }: { readonly id: string; readonly overheadMs: number },
): Response {
  return errorResponse(error, factHeaders({ ...factsFor(id), reason: reasonOfError(error), overheadMs }));
}

type Answer = (request: Request, call: Call) => Promise<Response>;

/** The data plane's guard, and the one place that answers for what its calls throw. */
async function withKey(context: Context, deps: RouterDeps, answer: Answer): Promise<Response> {
  const [id, receivedAtMs] = [deps.newId(), deps.now()];
  const request = context.req.raw;
  try {
    const key = await deps.keyName(presentedKey(request.headers));
    if (key === null) throw new RequestError({ kind: "unauthorized", plane: "data" });
    return await answer(request, { deps, background: context.executionCtx, id, receivedAtMs, key });
  } catch (thrown) {
    const overheadMs = deps.now() - receivedAtMs;
    if (thrown instanceof RequestError) return refuse(thrown.error, { id, overheadMs });
    deps.problem("unexpected_error", {
      decision: id,
      ...(thrown instanceof Error ? whereOf(thrown) : {}),
    });
    return refuse({ kind: "internal" }, { id, overheadMs });
  }
}

function presentedKey(headers: Headers): string {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.get("authorization") ?? "");
  return bearer?.[1] ?? headers.get("x-api-key") ?? "";
}

async function health(context: Context, deps: RouterDeps): Promise<Response> {
  const reading = await deps.snapshot(context.executionCtx);
  const registry =
    reading === null
      ? null
      : {
          version: reading.snapshot.version,
          ageMs: reading.ageMs,
          pools: reading.snapshot.document.pools.length,
        };
  const status = reading === null ? "starting" : reading.stale ? "degraded" : "ok";
  const facts = factHeaders({ ...factsFor(deps.newId()), registry });
  return Response.json({ status, registry }, { status: reading === null ? 503 : 200, headers: facts });
}
