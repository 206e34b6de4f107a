/** The decision log: many as a table or an export, one whole. */
import { z } from "zod";
import { LOG_LIMITS } from "../../src/store/decision-log.ts";
import { type Asked, integer, oneOf, wordsNamed } from "./arguments.ts";
import { read } from "./api.ts";
import { type Commands, type Context, show } from "./command.ts";
import { decisionPairs, decisionSchema, reasonText, targetsText } from "./decision-text.ts";
import { usageError } from "./failure.ts";
import { FILTER_FLAGS, filterQuery } from "./filters.ts";
import { type Cell, type Column, nanoUsd, pairs, table, time, whole } from "./text.ts";

const FORMATS = ["table", "json", "ndjson", "csv"] as const;
const ROWS_DEFAULT = 50;
const ROWS_MAX = 100_000;

const rowSchema = z.looseObject({
  id: z.string(),
  atMs: z.number(),
  key: z.string(),
  status: z.number(),
  reason: z.string(),
  task: z.string().nullable(),
  pool: z.string().nullable(),
  model: z.string().nullable(),
  usage: z
    .looseObject({
      inputTokens: z.number(),
      cachedInputTokens: z.number(),
      outputTokens: z.number(),
      estimated: z.boolean(),
    })
    .nullable(),
  costNanoUsd: z.number(),
  ttftMs: z.number().nullable(),
  totalMs: z.number(),
  fit: z.string().nullable(),
});
/** A record is much longer than its row in the table, and a hundred thousand rows are held at once. */
const pageSchema = z.looseObject({
  data: z.array(rowSchema.strip()),
  next: z.string().nullable(),
});
type Row = z.infer<typeof pageSchema>["data"][number];

const ROW_COLUMNS: readonly Column<Row>[] = [
  ["at", ({ atMs }) => time(atMs)],
  ["status", ({ status }) => status],
  ["reason", ({ reason }) => reason],
  ["pool", ({ pool }) => pool],
  ["task", ({ task }) => task],
  ["in", ({ usage }) => usage?.inputTokens],
  ["out", ({ usage }) => usage?.outputTokens],
  ["cost USD", ({ costNanoUsd }) => nanoUsd(costNanoUsd)],
  ["ttft ms", ({ ttftMs }) => whole(ttftMs)],
  ["total ms", ({ totalMs }) => whole(totalMs)],
  ["fit", ({ fit }) => fit],
  ["key", ({ key }) => key],
  ["id", ({ id }) => id],
];

type Page = { readonly text: string; readonly rows: readonly Row[]; readonly next: string | null };

/** Pages until the limit or the log's end. A page that names a next one is full, so the limit bounds the loop. */
async function* pages(asked: Asked, context: Context, format: string): AsyncGenerator<Page> {
  const query = filterQuery(asked);
  const isExport = format === "ndjson" || format === "csv";
  if (isExport) query.set("format", format);
  const most = isExport ? LOG_LIMITS.exportMax : LOG_LIMITS.pageMax;
  for (let left = Number(asked.flags.get("limit") ?? ROWS_DEFAULT); left > 0; left -= most) {
    query.set("limit", String(Math.min(left, most)));
    const answer = await context.api(`/decisions?${query.toString()}`);
    const { data: rows, next } = isExport
      ? { data: [], next: answer.headers.get("x-pointsman-next") }
      : read(answer, pageSchema);
    yield { text: answer.text, rows, next };
    if (next === null) return;
    query.set("cursor", next);
  }
}

const withoutHeading = (csv: string): string => csv.slice(csv.indexOf("\n") + 1);

async function logs(asked: Asked, context: Context): Promise<void> {
  wordsNamed(asked, []);
  const format = asked.flags.get("format") ?? (context.json ? "json" : "table");
  if (context.json && format !== "json") throw usageError(`--json and --format ${format} exclude each other`);
  const rows: Row[] = [];
  let [next, first]: [string | null, boolean] = [null, true];
  for await (const page of pages(asked, context, format)) {
    if (format === "table") rows.push(...page.rows);
    else if (page.text !== "")
      context.print(format === "csv" && !first ? withoutHeading(page.text) : page.text);
    [next, first] = [page.next, false];
  }
  if (format === "table") context.print(table(ROW_COLUMNS, rows));
  if (next !== null) context.note("There are more: raise --limit, or narrow --from and --to.");
}

const attemptSchema = z.looseObject({
  target: z.string(),
  backend: z.string(),
  result: z.string(),
  status: z.number().nullable(),
  durationMs: z.number(),
});
const recordSchema = rowSchema.extend({
  backend: z.string().nullable(),
  attempts: z.array(attemptSchema),
  expectedCostNanoUsd: z.number(),
  baselineNanoUsd: z.number().nullable(),
  overheadMs: z.number(),
  aborted: z.boolean(),
  errorKind: z.string().nullable(),
  ask: z.record(z.string(), z.unknown()).nullable(),
  decision: decisionSchema.nullable(),
});
type RecordView = z.infer<typeof recordSchema>;

/** What was asked beyond the defaults, as `path=value`. */
function asks(value: unknown, path = ""): string[] {
  if (value === null || value === false || (Array.isArray(value) && value.length === 0)) return [];
  if (typeof value !== "object" || Array.isArray(value)) return [`${path}=${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([name, inner]) =>
    asks(inner, path === "" ? name : `${path}.${name}`),
  );
}

const recordPairs = (record: RecordView): readonly (readonly [string, Cell])[] => [
  ["id", record.id],
  ["at", time(record.atMs)],
  ["key", record.key],
  ["asked", asks(record.ask).join(" ")],
  ["status", record.status],
  ["error", record.errorKind],
  ["aborted", record.aborted],
  ["reason", reasonText(record.reason)],
  ["answered by", [record.pool, record.model, record.backend].map((part) => part ?? "none").join(" / ")],
  [
    "used",
    record.usage === null
      ? null
      : `${record.usage.inputTokens} in (${record.usage.cachedInputTokens} cached), ${record.usage.outputTokens} out${record.usage.estimated ? ", estimated" : ""}`,
  ],
  ["cost USD", nanoUsd(record.costNanoUsd)],
  ["expected USD", nanoUsd(record.expectedCostNanoUsd)],
  ["baseline USD", nanoUsd(record.baselineNanoUsd)],
  ["ttft ms", whole(record.ttftMs)],
  ["total ms", whole(record.totalMs)],
  ["overhead ms", whole(record.overheadMs)],
  ["fit", record.fit],
];

const ATTEMPT_COLUMNS: readonly Column<z.infer<typeof attemptSchema>>[] = [
  ["attempt", ({ target }) => target],
  ["backend", ({ backend }) => backend],
  ["result", ({ result }) => result],
  ["status", ({ status }) => status],
  ["ms", ({ durationMs }) => whole(durationMs)],
];

function recordText(record: RecordView): string {
  const { decision, attempts } = record;
  if (decision === null)
    return `${pairs(recordPairs(record))}\nThe request was refused before a decision was taken.\n`;
  return [
    pairs([...recordPairs(record), ...decisionPairs(decision)]),
    attempts.length === 0 ? "no attempts\n" : table(ATTEMPT_COLUMNS, attempts),
    targetsText(decision),
  ].join("\n");
}

export const DECISION_COMMANDS: Commands = {
  logs: {
    usage: "logs",
    summary: "decisions, newest first",
    flags: {
      ...FILTER_FLAGS,
      limit: {
        value: "N",
        help: `at most so many (${ROWS_DEFAULT}); up to ${ROWS_MAX}`,
        problem: integer(1, ROWS_MAX),
      },
      format: { value: "FORMAT", help: `${FORMATS.join(", ")}; table if absent`, problem: oneOf(FORMATS) },
    },
    run: logs,
  },
  decision: {
    usage: "decision ID",
    summary: "one decision whole: asked, done, paid, each attempt, each target",
    flags: {},
    run: async (asked, context) => {
      const [id = ""] = wordsNamed(asked, ["ID"]);
      show(context, await context.api(`/decisions/${encodeURIComponent(id)}`), recordSchema, recordText);
    },
  },
};
