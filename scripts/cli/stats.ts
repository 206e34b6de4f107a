/** Sums of the decision log, per pool and per task. */
import { z } from "zod";
import { wordsNamed } from "./arguments.ts";
import { type Commands, show } from "./command.ts";
import { FILTER_FLAGS, filterQuery } from "./filters.ts";
import { type Column, percent, table, usd, whole } from "./text.ts";

const summarySchema = z.looseObject({
  requests: z.number(),
  errors: z.number(),
  errorRate: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number(),
  baselineUsd: z.number(),
  savingsUsd: z.number(),
  latencyMs: z.looseObject({
    ttftMean: z.number().nullable(),
    totalMean: z.number().nullable(),
    totalMax: z.number(),
  }),
  fit: z.looseObject({ overkill: z.number(), fit: z.number(), underpowered: z.number() }),
});
const statsSchema = z.looseObject({
  total: summarySchema,
  pools: z.array(summarySchema.extend({ pool: z.string() })),
  tasks: z.array(summarySchema.extend({ task: z.string() })),
});
type Summary = z.infer<typeof summarySchema> & { readonly name: string };

const columns = (name: string): readonly Column<Summary>[] => [
  [name, (row) => row.name],
  ["requests", (row) => row.requests],
  ["error rate", (row) => percent(row.errorRate)],
  ["in", (row) => row.inputTokens],
  ["out", (row) => row.outputTokens],
  ["cost USD", (row) => usd(row.costUsd)],
  ["baseline USD", (row) => usd(row.baselineUsd)],
  ["savings USD", (row) => usd(row.savingsUsd)],
  ["ttft ms", (row) => whole(row.latencyMs.ttftMean)],
  ["total ms", (row) => whole(row.latencyMs.totalMean)],
  ["max ms", (row) => whole(row.latencyMs.totalMax)],
  ["overkill", (row) => row.fit.overkill],
  ["fit", (row) => row.fit.fit],
  ["underpowered", (row) => row.fit.underpowered],
];

const busiestFirst = <Row extends { readonly requests: number }>(rows: readonly Row[]): readonly Row[] =>
  rows.toSorted((a, b) => b.requests - a.requests);

const statsText = ({ total, pools, tasks }: z.infer<typeof statsSchema>): string =>
  [
    table(columns("pool"), [
      ...busiestFirst(pools).map((row) => ({ ...row, name: row.pool })),
      { ...total, name: "in all" },
    ]),
    table(
      columns("task"),
      busiestFirst(tasks).map((row) => ({ ...row, name: row.task })),
    ),
  ].join("\n");

export const STATS_COMMANDS: Commands = {
  stats: {
    usage: "stats",
    summary: "requests, error rate, tokens, cost, savings, latency, fit, per pool and task",
    flags: FILTER_FLAGS,
    run: async (asked, context) => {
      wordsNamed(asked, []);
      show(context, await context.api(`/stats?${filterQuery(asked).toString()}`), statsSchema, statsText);
    },
  },
};
