/** One command line from its words to an exit code: 0 done, 1 refused or unreachable, 2 not understood. */
import { apiOf, type Shell } from "./api.ts";
import { parseArguments } from "./arguments.ts";
import type { Context } from "./command.ts";
import { COMMANDS, commandHelp, commandNamed, helpText, usageLine } from "./commands.ts";
import { Failure, usageError } from "./failure.ts";
import { visible } from "./text.ts";

/** Writes what was asked for to `out` and everything else to `err`. */
export async function run(argv: readonly string[], shell: Shell): Promise<number> {
  const [name = "", ...args] = argv;
  try {
    if (["--help", "-h"].includes(name)) shell.out(helpText());
    else await runCommand(name, args, shell);
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    shell.err(visible(`error: ${error.message}\n`));
    if (error.kind === "usage") shell.err(hint(name));
    return error.kind === "answer" ? 1 : 2;
  }
}

async function runCommand(name: string, args: readonly string[], shell: Shell): Promise<void> {
  if (name === "") throw usageError("a command is missing");
  const command = commandNamed(name);
  const asked = parseArguments(args, command.flags);
  if (asked.flags.has("help")) shell.out(commandHelp(command));
  else await command.run(asked, contextOf(shell, asked.flags.has("json")));
}

const hint = (name: string): string => {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return command === undefined ? 'See "pointsman help".\n' : usageLine(command);
};

/** Every text passes `visible` on its way out, whatever a command forgot. */
const contextOf = (shell: Shell, json: boolean): Context => ({
  api: apiOf(shell),
  json,
  print: (text) => shell.out(visible(text.endsWith("\n") ? text : `${text}\n`)),
  note: (text) => shell.err(visible(`${text}\n`)),
  readFile: async (path) => {
    try {
      return await shell.readFile(path);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
      throw usageError(`${JSON.stringify(path)} cannot be read (${code})`);
    }
  },
});
