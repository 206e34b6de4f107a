/** The admin plane: one sub-app, one guard, mounted at /admin/v1. */
import { Hono } from "hono";
import type { RouterDeps } from "../deps.ts";
import { errorResponse } from "../errors.ts";
import { RequestError } from "../request-error.ts";
import { allowedMethods } from "../routes.ts";
import { ADMIN_ROUTES } from "./routes.ts";
import { decisionRoutes } from "./decisions.ts";
import { registryRoutes } from "./registry.ts";
import { poolRoutes } from "./pools.ts";
import { dryRunRoutes } from "./dry-run.ts";

export function adminApp(dependencies: () => RouterDeps): Hono {
  const app = new Hono();
  app.use("*", async (context, next) => {
    const token = /^Bearer\s+(\S+)$/i.exec(context.req.header("authorization") ?? "")?.[1] ?? "";
    if (!(await dependencies().isAdmin(token)))
      return errorResponse({ kind: "unauthorized", plane: "admin" });
    await next();
    context.res.headers.set("cache-control", "no-store");
    return undefined;
  });
  registryRoutes(app, dependencies);
  poolRoutes(app, dependencies);
  dryRunRoutes(app, dependencies);
  decisionRoutes(app, dependencies);
  app.all("*", (context) => {
    const allowed = allowedMethods(ADMIN_ROUTES, context.req.path);
    if (allowed.length > 0)
      return errorResponse({ kind: "method_not_allowed", method: context.req.method, allowed });
    return errorResponse({
      kind: "not_found",
      what: `${context.req.method} ${context.req.path.slice(0, 200)}`,
    });
  });
  app.onError((error) => {
    if (error instanceof RequestError) return errorResponse(error.error);
    dependencies().problem("unexpected_error", {
      plane: "admin",
      name: error.name,
      at: error.stack?.split("\n")[1]?.trim() ?? "",
    });
    return errorResponse({ kind: "internal" });
  });
  return app;
}
