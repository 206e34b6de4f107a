/** Pools that come and go. */
import { z } from "zod";
import { type Asked, wordsNamed } from "./arguments.ts";
import { type Context, type Verbs, show } from "./command.ts";
import { warnWhenNoneTakes } from "./effect.ts";
import { versionOf } from "./etag.ts";
import { oneLine } from "./text.ts";

export const pathOf = (id: string): string => `/pools/${encodeURIComponent(id)}`;

async function add(asked: Asked, context: Context): Promise<void> {
  const [path = ""] = wordsNamed(asked, ["FILE"]);
  const body = await context.readFile(path);
  const answer = await context.api("/pools", { method: "POST", body });
  show(
    context,
    answer,
    z.looseObject({ id: z.string() }),
    ({ id }) => `${oneLine(id)}: added\nThe registry is now ${versionOf(answer)}.\n`,
  );
}

async function remove(asked: Asked, context: Context): Promise<void> {
  const [id = ""] = wordsNamed(asked, ["ID"]);
  const answer = await context.api(pathOf(id), { method: "DELETE" });
  // The API answers a deletion without a body, so there is no JSON to print.
  if (!context.json) context.print(`${oneLine(id)}: deleted\nThe registry is now ${versionOf(answer)}.\n`);
  await warnWhenNoneTakes(context);
}

export const POOL_VERBS: Verbs = { add, delete: remove };
