/** What a change would have done to the decisions on record, and what it leaves. */
import { z } from "zod";
import { read } from "./api.ts";
import type { Context } from "./command.ts";
import { percent, table, usd } from "./text.ts";

export const effectSchema = z.looseObject({
  decisions: z.number(),
  moved: z.number(),
  before: z.record(z.string(), z.number()),
  after: z.record(z.string(), z.number()),
  refusedBefore: z.number(),
  refusedAfter: z.number(),
  compared: z.number(),
  expectedCostUsdBefore: z.number(),
  expectedCostUsdAfter: z.number(),
});
type Effect = z.infer<typeof effectSchema>;

export function effectText(effect: Effect | null): string {
  if (effect === null) return "no effect to show: the decision log is empty or cannot be read\n";
  const { decisions, moved, before, after } = effect;
  const pools = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const share = (counts: Readonly<Record<string, number>>) => (pool: string) =>
    percent((counts[pool] ?? 0) / decisions);
  return [
    `on the last ${decisions} decisions: ${moved} moved, ${costText(effect)}\n`,
    refusedText(effect),
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

function costText(effect: Effect): string {
  const { decisions, compared, expectedCostUsdBefore: before, expectedCostUsdAfter: after } = effect;
  if (compared === 0) return "none is served both before and after, so there are no costs to compare";
  const whose = compared === decisions ? "" : ` of the ${compared} that are served before and after`;
  const difference = after / before - 1;
  const relative = Number.isFinite(difference) ? ` (${difference < 0 ? "" : "+"}${percent(difference)})` : "";
  return `expected cost${whose} ${usd(before)} -> ${usd(after)} USD${relative}`;
}

function refusedText({ refusedBefore, refusedAfter }: Effect): string {
  const more = refusedAfter - refusedBefore;
  if (more === 0) return "";
  return `${Math.abs(more)} ${more > 0 ? "more" : "fewer"} would be refused (503)\n`;
}

const takingSchema = z.looseObject({ weight: z.number(), draining: z.boolean() });

/** Warns when what was written leaves no pool that takes requests. */
export async function warnWhenNoneTakes(context: Context): Promise<void> {
  const { data } = read(await context.api("/pools"), z.looseObject({ data: z.array(takingSchema) }));
  if (!data.some(({ weight, draining }) => weight > 0 && !draining))
    context.note(
      "Warning: no pool takes requests now, so each is refused (503). Undrain one or give it a weight.",
    );
}
