/** The decision log: filtered, paged, in three formats; and its sums per pool and task. */
import type { Hono } from "hono";
import { TASKS } from "../../src/domain/traits.ts";
import { REASONS } from "../../src/domain/reason.ts";
import { type DecisionFilter, LOG_LIMITS, type Position } from "../../src/store/decision-log.ts";
import type { RouterDeps } from "../deps.ts";
import { RequestError, invalidRequest } from "../request-error.ts";
import { FORMATS, LAYOUTS, exported } from "./export.ts";
import { statsBody } from "./stats.ts";
import { type Query, asStore, integerQuery, queryOf, storeProblem } from "./write.ts";

export const FILTER_PARAMETERS = ["pool", "task", "reason", "status", "key", "from", "to"] as const;

function oneOf<Known extends string>(query: Query, name: string, known: readonly Known[]): Known | undefined {
  const text = query[name];
  const value = known.find((one) => one === text);
  if (text !== undefined && value === undefined)
    throw invalidRequest(name, `${name} must be one of ${known.join(", ")}.`);
  return value;
}

function time(query: Query, name: string): number | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  // Digits alone are milliseconds: a date parser would take a short run of them for a year.
  const atMs = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(atMs))
    throw invalidRequest(name, `${name} must be an ISO 8601 time or milliseconds since 1970.`);
  return atMs;
}

function filterOf(query: Query): DecisionFilter {
  return {
    pool: query["pool"],
    task: oneOf(query, "task", TASKS),
    reason: oneOf(query, "reason", Object.keys(REASONS)),
    status: integerQuery(query, "status", { least: 100, most: 599 }) ?? undefined,
    key: query["key"],
    fromMs: time(query, "from"),
    toMs: time(query, "to"),
  };
}

/** A cursor is where the last page ended; nothing in it is trusted beyond its shape. */
function positionOf(query: Query): Position | null {
  const text = query["cursor"];
  if (text === undefined) return null;
  const parts = /^(\d{1,15})_([\w-]{1,64})$/.exec(text);
  if (parts === null) throw invalidRequest("cursor", "cursor must be the `next` of an earlier page.");
  return { atMs: Number(parts[1]), id: parts[2] ?? "" };
}

export function decisionRoutes(app: Hono, dependencies: () => RouterDeps): void {
  app.get("/decisions", async (context) => {
    const query = queryOf(context.req.url, [...FILTER_PARAMETERS, "limit", "cursor", "format"]);
    const format = oneOf(query, "format", FORMATS) ?? "json";
    const most = format === "json" ? LOG_LIMITS.pageMax : LOG_LIMITS.exportMax;
    const limit = integerQuery(query, "limit", { least: 1, most }) ?? LOG_LIMITS.pageDefault;
    const [filter, after] = [filterOf(query), positionOf(query)];
    const deps = dependencies();
    const opened = await asStore(deps, "decision log", () =>
      deps.log.pages(LAYOUTS[format].shown, filter, { limit, after }),
    );
    return exported(opened, format, (error) => storeProblem(deps, "decision log", error));
  });
  app.get("/decisions/:id", async (context) => {
    queryOf(context.req.url, []);
    const id = context.req.param("id");
    const record = await asStore(dependencies(), "decision log", () => dependencies().log.get(id));
    if (record === null)
      throw new RequestError({
        kind: "not_found",
        what: "A decision with this id",
        hint: "One takes a second or two to reach the log; requests whose key was refused are not in it.",
      });
    return Response.json(record);
  });
  app.get("/stats", async (context) => {
    const filter = filterOf(queryOf(context.req.url, FILTER_PARAMETERS));
    return Response.json(
      statsBody(await asStore(dependencies(), "decision log", () => dependencies().log.stats(filter))),
    );
  });
}
