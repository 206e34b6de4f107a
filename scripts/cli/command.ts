/** What a command is. */
import type { z } from "zod";
import type { Asked, Flags } from "./arguments.ts";
import { type Answer, type Api, rawJson, read } from "./api.ts";
import { quoted, usageError } from "./failure.ts";
import { knownNames } from "./text.ts";

export type Context = {
  readonly api: Api;
  readonly json: boolean;
  /** To the standard output: the answer. */
  readonly print: (text: string) => void;
  /** To the standard error: what is said beside the answer. */
  readonly note: (text: string) => void;
  readonly readFile: (path: string) => Promise<string>;
};

export type Command = {
  /** Its name and words, as they are typed. */
  readonly usage: string;
  readonly summary: string;
  readonly flags: Flags;
  readonly run: (asked: Asked, context: Context) => Promise<void>;
};
export type Commands = Readonly<Record<string, Command>>;

/** Prints an answer: as it came with `--json`, else as a person reads it. */
export function show<Schema extends z.ZodType>(
  context: Context,
  answer: Answer,
  schema: Schema,
  render: (value: z.infer<Schema>) => string,
): void {
  context.print(context.json ? rawJson(answer) : render(read(answer, schema)));
}

export type Verbs = Readonly<Record<string, Command["run"]>>;

/** The verb of a command that has several; throws, naming it, when it is not one of them. */
export function verbNamed(verbs: Verbs, name: string): Command["run"] {
  const run = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (run === undefined) throw usageError(`${quoted(name)} is not known; ${knownNames(Object.keys(verbs))}`);
  return run;
}
