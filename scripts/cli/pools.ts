/** Pools: read them, change them, and what a change would have done. */
import { z } from "zod";
import { type Asked, wordsNamed } from "./arguments.ts";
import { read } from "./api.ts";
import { type Command, type Commands, type Context, show, verbNamed } from "./command.ts";
import { effectSchema, effectText, warnWhenNoneTakes } from "./effect.ts";
import { usageError, quoted } from "./failure.ts";
import { type Field, fieldsOf, jsonText, patchOf, valueAt } from "./fields.ts";
import { POOL_VERBS, pathOf } from "./pool-verbs.ts";
import { type Column, oneLine, table } from "./text.ts";

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

/** False when the pool takes no requests now: it may have been the last that did. */
async function patch(context: Context, id: string, fields: readonly Field[]): Promise<boolean> {
  const answer = await context.api(pathOf(id), { method: "PATCH", body: JSON.stringify(patchOf(fields)) });
  show(context, answer, changedSchema, ({ effect, ...pool }) => {
    const now = fields.map(({ path }) => `${path.join(".")} ${jsonText(valueAt(pool, path))}`);
    return `${oneLine(pool.id)}: ${now.join(", ")}\n${effectText(effect)}`;
  });
  const { weight, draining } = read(answer, poolSchema);
  return weight > 0 && !draining;
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
    if (verb === "drain") await warnWhenNoneTakes(context);
  },
});

async function runSet({ words: [id, ...words] }: Asked, context: Context): Promise<void> {
  if (id === undefined) throw usageError("ID is missing");
  if (words.length === 0) throw usageError("FIELD=VALUE is missing");
  if (!(await patch(context, id, fieldsOf(words)))) await warnWhenNoneTakes(context);
}

export const POOL_COMMANDS: Commands = {
  pools: {
    usage: "pools [add FILE | delete ID]",
    summary: "every pool: kind, weight, price, slots, models; adds one (FILE may be -) or deletes one",
    flags: {},
    run: async (asked, context) => {
      const [verb, ...words] = asked.words;
      if (verb !== undefined) return verbNamed(POOL_VERBS, verb)({ ...asked, words }, context);
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
      let taking = true;
      for (const { id, weight } of weightsOf(words))
        taking = (await patch(context, id, [{ path: ["weight"], value: weight }])) && taking;
      if (!taking) await warnWhenNoneTakes(context);
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
