/** What the npm scripts share: flags that are checked, `--help`, and failures told in a sentence. */
import { flagRows, type Flags, type FlagValues, parseFlags } from "../cli/arguments.ts";
import { Failure, quoted, usageError } from "../cli/failure.ts";
import { helpColumns, visible } from "../cli/text.ts";

export type Script = {
  /** How it is called, as in `npm run traffic`. */
  readonly command: string;
  readonly summary: string;
  readonly flags: Flags;
  /** Environment variables that it reads. */
  readonly environment?: readonly (readonly [string, string])[];
};

const HELP: Flags = { help: { value: null, help: "this text" } };

/** npm keeps flags to itself unless `--` stands before them. */
const withFlags = (command: string, flags: string): string =>
  `${command}${command.startsWith("npm ") ? " --" : ""} ${flags}`;

export const scriptHelp = ({ command, summary, flags, environment = [] }: Script): string =>
  [
    `usage: ${Object.keys(flags).length === 0 ? command : withFlags(command, "[flags]")}\n${summary}\n`,
    helpColumns([...flagRows({ ...flags, ...HELP }), ...environment]),
  ].join("");

/** The flags that were given; null where help is asked for. A script takes no words. */
export function scriptFlags(args: readonly string[], { flags }: Script): FlagValues | null {
  const { words, values } = parseFlags(args, { ...flags, ...HELP });
  const [surplus] = words;
  if (surplus !== undefined) throw usageError(`${quoted(surplus)} is one word too many`);
  return values.has("help") ? null : values;
}

/** Tells a failure and sets the exit code: 1 failed, 2 not understood. What is no `Failure` is a bug and keeps its stack. */
export function tellFailure(error: unknown, { command }: Script): void {
  if (!(error instanceof Failure)) throw error;
  console.error(visible(error.message));
  if (error.kind === "usage") console.error(`See ${withFlags(command, "--help")}.`);
  process.exitCode = error.kind === "answer" ? 1 : 2;
}

/** Runs it with the flags that were given, or prints its help. */
export async function runScript(script: Script, main: (given: FlagValues) => Promise<void>): Promise<void> {
  try {
    const given = scriptFlags(process.argv.slice(2), script);
    if (given === null) process.stdout.write(scriptHelp(script));
    else await main(given);
  } catch (error) {
    tellFailure(error, script);
  }
}
