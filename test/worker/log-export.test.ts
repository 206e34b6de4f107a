import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { exported } from "../../routes/admin/export.ts";
import type { DecisionRecord } from "../../src/domain/record.ts";
import { writeDecisions } from "../../src/store/decision-log.ts";
import { PAGE_ROWS, openDecisions } from "../../src/store/decision-pages.ts";
import { record } from "./records.ts";
import { admin, json, setUp } from "./world.ts";

const ROWS = 2 * PAGE_ROWS + 50;
const idOf = (index: number) => `r-${String(index).padStart(4, "0")}`;
/** Two rows share each time, so that a page may end between them. */
const rows: readonly DecisionRecord[] = Array.from({ length: ROWS }, (_, index) =>
  record(idOf(index), { atMs: 1000 + Math.floor(index / 2) }),
);
const newestFirst = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => idOf(ROWS - 1 - from - index));

beforeAll(async () => {
  await setUp();
  for (let from = 0; from < ROWS; from += 100)
    await writeDecisions(env.LOG, JSON.stringify(rows.slice(from, from + 100)));
});

const identified = z.looseObject({ id: z.string() });
const idsOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => identified.parse(JSON.parse(line)).id);
const told = async (query: string) => {
  const answer = await admin(`/decisions?${query}`);
  return { ids: idsOf(await answer.text()), next: answer.headers.get("x-pointsman-next") };
};

describe("an export", () => {
  it.each([
    ["less than a page", 3],
    ["a page", PAGE_ROWS],
    ["a page and one", PAGE_ROWS + 1],
    ["all", ROWS],
    ["more than there is", ROWS + 1],
  ])("of %s ends where it should, and names the rest", async (_what, limit) => {
    const first = await told(`format=ndjson&limit=${limit}`);
    const count = Math.min(limit, ROWS);
    expect([first.ids, first.next === null]).toEqual([newestFirst(0, count), count === ROWS]);
    if (first.next === null) return;
    const second = await told(`format=ndjson&limit=5000&cursor=${first.next}`);
    expect([second.ids, second.next]).toEqual([newestFirst(count, ROWS - count), null]);
  });

  it("of nothing is empty in each format", async () => {
    const of = async (format: string) => (await admin(`/decisions?key=nobody&format=${format}`)).text();
    expect([await of("json"), await of("ndjson")]).toEqual(['{"data":[],"next":null}', ""]);
    expect(await of("csv")).toMatch(/^id,at,[^\n]+\r\n$/);
  });

  it("as JSON is the records as they were written", async () => {
    const answer = await admin(`/decisions?limit=${PAGE_ROWS + 1}`);
    expect(answer.headers.get("content-type")).toBe("application/json");
    const { data, next } = await json(answer);
    expect([data, next]).toEqual([
      rows.toReversed().slice(0, PAGE_ROWS + 1),
      `${rows.at(-1 - PAGE_ROWS)?.atMs}_${newestFirst(PAGE_ROWS, 1)[0]}`,
    ]);
  });

  it("holds one page at a time: what goes before it is read is not told", async () => {
    const { pages } = await openDecisions(env.LOG, "detail", {}, { limit: ROWS, after: null });
    await env.LOG.exec("ALTER TABLE decisions RENAME TO away");
    const first = await pages.next();
    await expect(pages.next()).rejects.toThrow("decisions");
    await env.LOG.exec("ALTER TABLE away RENAME TO decisions");
    expect(first.value).toHaveLength(PAGE_ROWS);
  });

  it("that breaks off ends in an error, and the operator's log hears of it", async () => {
    const opened = await openDecisions(env.LOG, "detail", {}, { limit: ROWS, after: null });
    const problems: unknown[] = [];
    await env.LOG.exec("ALTER TABLE decisions RENAME TO away");
    const answer = exported(opened, "ndjson", (error) => problems.push(error));
    await expect(answer.text()).rejects.toThrow("decisions");
    await env.LOG.exec("ALTER TABLE away RENAME TO decisions");
    expect(problems).toHaveLength(1);
  });
});

describe("the table", () => {
  const csvOf = async (query: string) => {
    const [head = "", ...lines] = (await (await admin(`/decisions?format=csv&${query}`)).text()).split(
      "\r\n",
    );
    const names = head.split(",");
    return lines
      .filter((line) => line !== "")
      .map((line) => Object.fromEntries(line.split(",").map((text, index) => [names[index], text])));
  };
  const change = (id: string, more: Partial<DecisionRecord>): DecisionRecord => ({
    ...record(id, { atMs: 1_700_000_000_007, pool: "csv" }),
    ...more,
  });

  it("tells what was counted, what was not, and what went wrong", async () => {
    const used = { inputTokens: 10, cachedInputTokens: 7, outputTokens: 5, estimated: false };
    await writeDecisions(
      env.LOG,
      JSON.stringify([
        change("y-1", { usage: used, costNanoUsd: 1, expectedCostNanoUsd: 12_345_678_901 }),
        change("y-2", {
          usage: null,
          status: 502,
          errorKind: "upstream_failed",
          baselineNanoUsd: null,
          aborted: true,
          stream: true,
          decision: null,
        }),
      ]),
    );
    expect(await csvOf("pool=csv")).toMatchObject([
      {
        id: "y-2",
        at: "2023-11-14T22:13:20.007Z",
        input_tokens: "",
        cached_input_tokens: "",
        baseline_usd: "",
        stream: "true",
        aborted: "true",
        error_kind: "upstream_failed",
        difficulty: "",
      },
      {
        id: "y-1",
        input_tokens: "10",
        cached_input_tokens: "7",
        output_tokens: "5",
        cost_usd: "0.000000001",
        expected_cost_usd: "12.345678901",
        baseline_usd: "0.000004000",
        stream: "false",
        aborted: "false",
        error_kind: "",
        difficulty: "0.1",
      },
    ]);
  });
});
