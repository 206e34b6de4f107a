/** POST /admin/v1/route: the whole decision for a chat request, nothing sent, nothing logged. */
import type { Hono } from "hono";
import { explain } from "../../src/classify/explain.ts";
import { readJson } from "../body.ts";
import type { RouterDeps } from "../deps.ts";
import { RequestError } from "../request-error.ts";
import { plan } from "../plan.ts";

export function dryRunRoutes(app: Hono, dependencies: () => RouterDeps): void {
  app.post("/route", async (context) => {
    const deps = dependencies();
    const body = await readJson(context.req.raw);
    const reading = await deps.snapshot(context.executionCtx);
    if (reading === null) throw new RequestError({ kind: "registry_unavailable" });
    const { decision, ask, request } = plan({
      id: deps.newId(),
      body,
      headers: context.req.raw.headers,
      reading,
      fleet: deps.relay.state.fleet,
      nowMs: deps.now(),
      random: deps.random,
    });
    return Response.json({ ...decision, ask, classifier: explain(request) });
  });
}
