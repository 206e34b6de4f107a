/** The whole registry document: read, versions, roll back, replace. */
import { z } from "zod";
import { HISTORY_MAX } from "../../src/store/history.ts";
import { type Asked, integer, wordsNamed } from "./arguments.ts";
import type { Answer, Call } from "./api.ts";
import { type Commands, type Context, type Verbs, show, verbNamed } from "./command.ts";
import { warnWhenNoneTakes } from "./effect.ts";
import { ETAG, ifMatchOf, versionOf } from "./etag.ts";
import { quoted, usageError } from "./failure.ts";
import { type Column, table, time } from "./text.ts";

const documentSchema = z.looseObject({ pools: z.array(z.unknown()) });
const versionSchema = z.looseObject({
  version: z.number(),
  publishedAtMs: z.number(),
  change: z.string(),
  pools: z.number(),
});
const versionsSchema = z.looseObject({ data: z.array(versionSchema), next: z.string().nullable() });

const VERSION_COLUMNS: readonly Column<z.infer<typeof versionSchema>>[] = [
  ["version", ({ version }) => version],
  ["published", ({ publishedAtMs }) => time(publishedAtMs)],
  ["change", ({ change }) => change],
  ["pools", ({ pools }) => pools],
];

async function written(context: Context, answer: Answer): Promise<void> {
  show(
    context,
    answer,
    documentSchema,
    ({ pools }) => `The registry is now ${versionOf(answer)} (pools: ${pools.length}).\n`,
  );
  await warnWhenNoneTakes(context);
}

async function get(asked: Asked, context: Context): Promise<void> {
  wordsNamed(asked, []);
  const answer = await context.api("/registry");
  show(context, answer, documentSchema, (document) => JSON.stringify(document, null, 2));
  context.note(
    `This is ${versionOf(answer)}. To replace just that: registry put FILE --etag ${versionOf(answer)}`,
  );
}

async function versions(asked: Asked, context: Context): Promise<void> {
  wordsNamed(asked, []);
  const answer = await context.api(`/registry/versions?limit=${HISTORY_MAX}`);
  show(context, answer, versionsSchema, ({ data }) => table(VERSION_COLUMNS, data));
}

async function rollback(asked: Asked, context: Context): Promise<void> {
  const [number = ""] = wordsNamed(asked, ["N"]);
  const problem = integer(1, Number.MAX_SAFE_INTEGER)(number);
  if (problem !== null) throw usageError(`N ${problem}, not ${quoted(number)}`);
  const etag = asked.flags.get("etag");
  const call: Call = { method: "POST", body: JSON.stringify({ version: Number(number) }) };
  const guard = etag === undefined ? {} : { ifMatch: ifMatchOf(etag) };
  await written(context, await context.api("/registry/rollback", { ...call, ...guard }));
}

async function put(asked: Asked, context: Context): Promise<void> {
  const [path = ""] = wordsNamed(asked, ["FILE"]);
  const body = await context.readFile(path);
  const given = asked.flags.get("etag");
  const ifMatch =
    given === undefined ? ((await context.api("/registry")).headers.get("etag") ?? "") : ifMatchOf(given);
  await written(context, await context.api("/registry", { method: "PUT", body, ifMatch }));
}

async function runVerb(asked: Asked, context: Context): Promise<void> {
  const [verb = "get", ...words] = asked.words;
  const run = verbNamed(VERBS, verb);
  if (asked.flags.has("etag") && (run === get || run === versions))
    throw usageError(`--etag is of rollback and put, not of ${verb}`);
  await run({ ...asked, words }, context);
}

const VERBS: Verbs = { get, versions, rollback, put };

export const REGISTRY_COMMANDS: Commands = {
  registry: {
    usage: "registry [get | versions | rollback N | put FILE]",
    summary: "the whole document: read, versions, go back, replace (FILE may be -)",
    flags: {
      etag: {
        value: "vN",
        help: "of rollback and put: only if that is still the version",
        problem: (text) => (ETAG.test(text) ? null : "must be the ETag of a version, like v12"),
      },
    },
    run: runVerb,
  },
};
