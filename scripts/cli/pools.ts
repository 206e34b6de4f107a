/** Pools: read them, change them, and what a change would have done. */
import { z } from "zod";
import { type Asked, wordsNamed } from "./arguments.ts";
import { type Command, type Commands, type Context, show } from "./command.ts";
import { usageError, quoted } from "./failure.ts";
import { type Field, fieldsOf, patchOf, valueAt } from "./fields.ts";
import { type Column, oneLine, percent, table, usd } from "./text.ts";

const poolSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  weight: z.number(),
  draining: z.boolean(),
  price: z
    .looseObject({
      basis: z.string(),
      usdPerHour: z.number().optional(),
      accounting: z.string().optional(),
      usdPerMTokIn: z.number().optional(),
      usdPerMTokOut: z.number().optional(),
    })
    .optional(),
  backends: z.array(z.looseObject({ slots: z.number() })),
  models: z.array(z.looseObject({ id: z.string() })),
});
type PoolView = z.infer<typeof poolSchema>;

const effectSchema = z.looseObject({
  decisions: z.number(),
  moved: z.number(),
  before: z.record(z.string(), z.number()),
  after: z.record(z.string(), z.number()),
  expectedCostUsdBefore: z.number(),
  expectedCostUsdAfter: z.number(),
});
type Effect = z.infer<typeof effectSchema>;
const changedSchema = poolSchema.extend({ effect: effectSchema.nullable() });

function priceText(price: PoolView["price"]): string | null {
  if (price === undefined) return null;
  if (price.basis === "hourly") return `${price.usdPerHour ?? "?"} USD/h ${price.accounting ?? ""}`;
  if (price.basis === "tokens")
    return `${price.usdPerMTokIn ?? "?"} in, ${price.usdPerMTokOut ?? "?"} out USD/Mtok`;
  return price.basis;
}

const POOL_COLUMNS: readonly Column<PoolView>[] = [
  ["id", ({ id }) => id],
  ["kind", ({ kind }) => kind],
  ["weight", ({ weight }) => weight],
  ["draining", ({ draining }) => draining],
  ["price", ({ price }) => priceText(price)],
  ["backends", ({ backends }) => backends.length],
  ["slots", ({ backends }) => backends.reduce((sum, { slots }) => sum + slots, 0)],
  ["models", ({ models }) => models.map(({ id }) => id).join(", ")],
];

/** What the change would have done to decisions on record. */
function effectText(effect: Effect | null): string {
  if (effect === null) return "no effect to show: the decision log is empty or cannot be read\n";
  const { decisions, moved, before, after, expectedCostUsdBefore, expectedCostUsdAfter } = effect;
  const pools = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const share = (counts: Readonly<Record<string, number>>) => (pool: string) =>
    percent((counts[pool] ?? 0) / decisions);
  const difference = expectedCostUsdAfter / expectedCostUsdBefore - 1;
  const relative = Number.isFinite(difference) ? ` (${difference < 0 ? "" : "+"}${percent(difference)})` : "";
  return [
    `on the last ${decisions} decisions: ${moved} moved, `,
    `expected cost ${usd(expectedCostUsdBefore)} -> ${usd(expectedCostUsdAfter)} USD${relative}\n`,
    table<string>(
      [
        ["pool", (pool) => pool],
        ["before", share(before)],
        ["after", share(after)],
      ],
      pools,
    ),
  ].join("");
}

const jsonText = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
const pathOf = (id: string): string => `/pools/${encodeURIComponent(id)}`;

async function patch(context: Context, id: string, fields: readonly Field[]): Promise<void> {
  const answer = await context.api(pathOf(id), { method: "PATCH", body: JSON.stringify(patchOf(fields)) });
  show(context, answer, changedSchema, ({ effect, ...pool }) => {
    const now = fields.map(({ path }) => `${path.join(".")} ${jsonText(valueAt(pool, path))}`);
    return `${oneLine(pool.id)}: ${now.join(", ")}\n${effectText(effect)}`;
  });
}

/** `ID=N` words; all are read before the first is sent. */
function weightsOf(words: readonly string[]): readonly { readonly id: string; readonly weight: number }[] {
  if (words.length === 0) throw usageError("ID=N is missing");
  const weights = words.map((word) => {
    const [, id, number] = /^([^=]+)=(\d{1,9}(?:\.\d{1,9})?)$/.exec(word) ?? [];
    if (id === undefined) throw usageError(`${quoted(word)} is not ID=N, N being a number from 0`);
    return { id, weight: Number(number) };
  });
  const twice = weights.find(({ id }, index) => weights.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) throw usageError(`the pool ${quoted(twice.id)} is given twice`);
  return weights;
}

const drain = (verb: "drain" | "undrain", summary: string): Command => ({
  usage: `${verb} ID`,
  summary,
  flags: {},
  run: async (asked, context) => {
    const [id = ""] = wordsNamed(asked, ["ID"]);
    const answer = await context.api(`${pathOf(id)}/${verb}`, { method: "POST" });
    show(context, answer, changedSchema, ({ id: name, draining, effect }) => {
      const now = draining ? "draining" : "not draining";
      return `${oneLine(name)}: ${now}\n${effectText(effect)}`;
    });
  },
});

async function runSet({ words: [id, ...words] }: Asked, context: Context): Promise<void> {
  if (id === undefined) throw usageError("ID is missing");
  if (words.length === 0) throw usageError("FIELD=VALUE is missing");
  await patch(context, id, fieldsOf(words));
}

export const POOL_COMMANDS: Commands = {
  pools: {
    usage: "pools",
    summary: "every pool: kind, weight, price, slots, models",
    flags: {},
    run: async (asked, context) => {
      wordsNamed(asked, []);
      show(context, await context.api("/pools"), z.looseObject({ data: z.array(poolSchema) }), ({ data }) =>
        table(POOL_COLUMNS, data),
      );
    },
  },
  pool: {
    usage: "pool ID",
    summary: "one pool as JSON",
    flags: {},
    run: async (asked, context) => {
      const [id = ""] = wordsNamed(asked, ["ID"]);
      show(context, await context.api(pathOf(id)), z.looseObject({}), (pool) =>
        JSON.stringify(pool, null, 2),
      );
    },
  },
  weights: {
    usage: "weights ID=N [ID=N …]",
    summary: "sets weights one by one and tells the effect of each; stops at an error",
    flags: {},
    run: async ({ words }, context) => {
      for (const { id, weight } of weightsOf(words))
        await patch(context, id, [{ path: ["weight"], value: weight }]);
    },
  },
  set: {
    usage: "set ID FIELD=VALUE [FIELD=VALUE …]",
    summary: "changes fields of a pool together; FIELD is a dotted path, VALUE is JSON, else text",
    flags: {},
    run: runSet,
  },
  drain: drain("drain", "no new requests to a pool; those under way end"),
  undrain: drain("undrain", "takes a drain back"),
};
