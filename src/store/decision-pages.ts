/** Many decisions, newest first, read a page at a time: an export never stands in memory whole. */
import { z } from "zod";
import { type DecisionFilter, type Position, whereOf } from "./decision-log.ts";

/** Rows that are held at once. With the longest records this is 24 MB of the isolate's 128. */
export const PAGE_ROWS = 200;

const usd = (column: string): string => `printf('%d.%09d', ${column} / 1000000000, ${column} % 1000000000)`;
const yes = (value: string): string => `iif(${value}, 'true', 'false')`;

/** What a table of decisions shows. A new column goes to the end: readers may count them. */
const TABLE = {
  id: "id",
  at: "strftime('%Y-%m-%dT%H:%M:%S', at_ms / 1000, 'unixepoch') || printf('.%03dZ', at_ms % 1000)",
  key: "key_name",
  status: "status",
  reason: "reason",
  pool: "pool",
  model: "model",
  backend: "backend",
  task: "task",
  difficulty: "detail ->> '$.decision.traits.difficulty'",
  stream: yes("stream"),
  attempts: "attempts",
  // The columns hold 0 for what was never counted; a table tells the two apart.
  input_tokens: "detail ->> '$.usage.inputTokens'",
  output_tokens: "detail ->> '$.usage.outputTokens'",
  cost_usd: usd("cost_nano_usd"),
  baseline_usd: `iif(baseline_nano_usd IS NULL, NULL, ${usd("baseline_nano_usd")})`,
  ttft_ms: "ttft_ms",
  total_ms: "total_ms",
  fit: "fit",
  aborted: yes("detail ->> '$.aborted'"),
  error_kind: "detail ->> '$.errorKind'",
  expected_cost_usd: usd("(detail ->> '$.expectedCostNanoUsd')"),
  cached_input_tokens: "detail ->> '$.usage.cachedInputTokens'",
} as const;
export const TABLE_COLUMNS: readonly string[] = Object.keys(TABLE);

/** `detail` is the whole record as JSON text, `table` one value a column. */
const SELECTED = {
  detail: "detail",
  table: Object.entries(TABLE)
    .map(([name, sql]) => `${sql} AS ${name}`)
    .join(", "),
} as const;
export type Shown = keyof typeof SELECTED;

const positionRow = z.object({ position_at_ms: z.number(), position_id: z.string() });
const row = positionRow.catchall(z.union([z.string(), z.number(), z.null()]));
type Row = z.infer<typeof row>;
export type Values = Readonly<Record<string, string | number | null>>;

const POSITION = "at_ms AS position_at_ms, id AS position_id";
const NEWEST_FIRST = "ORDER BY at_ms DESC, id DESC";

const positionOf = (rows: readonly z.infer<typeof positionRow>[]): Position | null => {
  const last = rows.at(-1);
  return last === undefined ? null : { atMs: last.position_at_ms, id: last.position_id };
};

/** `next` is where the following page starts, null at the log's end; it is known before the first row goes out. */
export type DecisionPages = {
  readonly next: Position | null;
  readonly pages: AsyncGenerator<readonly Values[], void>;
};
export type Asked = { readonly limit: number; readonly after: Position | null };

/** Reads the first page, and finds the last of `limit` rows: whatever is logged meanwhile, all between are told. */
export async function openDecisions(
  db: D1Database,
  shown: Shown,
  filter: DecisionFilter,
  { limit, after }: Asked,
): Promise<DecisionPages> {
  const from = whereOf(filter, { after });
  const [edge, first] = await db.batch([
    db
      .prepare(`SELECT ${POSITION} FROM decisions${from.sql} ${NEWEST_FIRST} LIMIT 2 OFFSET ?`)
      .bind(...from.bound, limit - 1),
    db
      .prepare(`SELECT ${POSITION}, ${SELECTED[shown]} FROM decisions${from.sql} ${NEWEST_FIRST} LIMIT ?`)
      .bind(...from.bound, Math.min(limit, PAGE_ROWS)),
  ]);
  const edges = z.array(positionRow).parse(edge?.results);
  const last = positionOf(edges.slice(0, 1));
  const following = async (position: Position | null): Promise<Row[]> => {
    const { sql, bound } = whereOf(filter, { after: position, last });
    const rows = await db
      .prepare(`SELECT ${POSITION}, ${SELECTED[shown]} FROM decisions${sql} ${NEWEST_FIRST} LIMIT ?`)
      .bind(...bound, PAGE_ROWS)
      .all();
    return z.array(row).parse(rows.results);
  };
  return {
    next: edges.length > 1 ? last : null,
    pages: pagesOf(z.array(row).parse(first?.results), following, Math.ceil(limit / PAGE_ROWS)),
  };
}

async function* pagesOf(
  first: readonly Row[],
  following: (position: Position | null) => Promise<Row[]>,
  pagesMax: number,
): AsyncGenerator<readonly Values[], void> {
  let rows = first;
  for (let page = 1; rows.length > 0; page += 1) {
    yield rows;
    if (rows.length < PAGE_ROWS || page > pagesMax) return;
    rows = await following(positionOf(rows));
  }
}
