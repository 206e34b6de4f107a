/** The decision log: filtered, paged, as JSON, NDJSON or CSV; and its sums per pool and task. */
import type { Hono } from "hono";
import type { DecisionRecord } from "../../src/domain/record.ts";
import { TASKS } from "../../src/domain/traits.ts";
import { REASONS } from "../../src/domain/reason.ts";
import { type DecisionFilter, LOG_LIMITS, type Position } from "../../src/store/decision-log.ts";
import type { RouterDeps } from "../deps.ts";
import { RequestError, invalidRequest } from "../request-error.ts";
import { statsBody } from "./stats.ts";
import { type Query, asStore, integerQuery, queryOf } from "./write.ts";

export const FILTER_PARAMETERS = ["pool", "task", "reason", "status", "key", "from", "to"] as const;
const FORMATS = ["json", "ndjson", "csv"] as const;

function oneOf(query: Query, name: string, known: readonly string[]): string | undefined {
  const value = query[name];
  if (value !== undefined && !known.includes(value))
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

const COLUMNS: readonly (readonly [string, (record: DecisionRecord) => string | number | boolean | null])[] =
  [
    ["id", ({ id }) => id],
    ["at", ({ atMs }) => new Date(atMs).toISOString()],
    ["key", ({ key }) => key],
    ["status", ({ status }) => status],
    ["reason", ({ reason }) => reason],
    ["pool", ({ pool }) => pool],
    ["model", ({ model }) => model],
    ["backend", ({ backend }) => backend],
    ["task", ({ task }) => task],
    ["difficulty", ({ decision }) => decision?.traits.difficulty ?? null],
    ["stream", ({ stream }) => stream],
    ["attempts", ({ attempts }) => attempts.length],
    ["input_tokens", ({ usage }) => usage?.inputTokens ?? null],
    ["output_tokens", ({ usage }) => usage?.outputTokens ?? null],
    ["cost_usd", ({ costNanoUsd }) => (costNanoUsd / 1e9).toFixed(9)],
    [
      "baseline_usd",
      ({ baselineNanoUsd }) => (baselineNanoUsd === null ? null : (baselineNanoUsd / 1e9).toFixed(9)),
    ],
    ["ttft_ms", ({ ttftMs }) => ttftMs],
    ["total_ms", ({ totalMs }) => totalMs],
    ["fit", ({ fit }) => fit],
    ["aborted", ({ aborted }) => aborted],
  ];

const cell = (value: string | number | boolean | null): string => {
  const text = value === null ? "" : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const csv = (records: readonly DecisionRecord[]): string =>
  [COLUMNS.map(([name]) => name), ...records.map((record) => COLUMNS.map(([, read]) => cell(read(record))))]
    .map((row) => `${row.join(",")}\r\n`)
    .join("");

export function decisionRoutes(app: Hono, dependencies: () => RouterDeps): void {
  app.get("/decisions", async (context) => {
    const query = queryOf(context.req.url, [...FILTER_PARAMETERS, "limit", "cursor", "format"]);
    const format = oneOf(query, "format", FORMATS) ?? "json";
    const most = format === "json" ? LOG_LIMITS.pageMax : LOG_LIMITS.exportMax;
    const limit = integerQuery(query, "limit", { least: 1, most }) ?? LOG_LIMITS.pageDefault;
    const [filter, after] = [filterOf(query), positionOf(query)];
    const rows = await asStore(dependencies(), "decision log", () =>
      dependencies().log.list(filter, { limit, after }),
    );
    const data = rows.slice(0, limit);
    const last = data.at(-1);
    const next = rows.length > limit && last !== undefined ? `${last.atMs}_${last.id}` : null;
    if (format === "json") return Response.json({ data, next });
    const headers = {
      "content-type": format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
      ...(next === null ? {} : { "x-pointsman-next": next }),
    };
    return new Response(
      format === "csv" ? csv(data) : data.map((record) => `${JSON.stringify(record)}\n`).join(""),
      { headers },
    );
  });
  app.get("/decisions/:id", async (context) => {
    queryOf(context.req.url, []);
    const id = context.req.param("id");
    const record = await asStore(dependencies(), "decision log", () => dependencies().log.get(id));
    if (record === null)
      throw new RequestError({
        kind: "not_found",
        what: "The decision (it may still be on its way to the log)",
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
