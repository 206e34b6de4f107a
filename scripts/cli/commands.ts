/** Every command by its name, and the help. */
import { COMMON_FLAGS, flagRows } from "./arguments.ts";
import type { Command, Commands } from "./command.ts";
import { DECISION_COMMANDS } from "./decisions.ts";
import { quoted, usageError } from "./failure.ts";
import { POLICY_COMMANDS } from "./policy.ts";
import { POOL_COMMANDS } from "./pools.ts";
import { REGISTRY_COMMANDS } from "./registry.ts";
import { ROUTE_COMMANDS } from "./route.ts";
import { STATS_COMMANDS } from "./stats.ts";
import { helpColumns, knownNames } from "./text.ts";

const HELP: Command = {
  usage: "help [COMMAND]",
  summary: "this text, or a command's flags",
  flags: {},
  run: ({ words: [name, surplus] }, context) => {
    if (surplus !== undefined) throw usageError(`${quoted(surplus)} is one word too many`);
    context.print(name === undefined ? helpText() : commandHelp(commandNamed(name)));
    return Promise.resolve();
  },
};

export const COMMANDS: Commands = {
  ...POOL_COMMANDS,
  ...ROUTE_COMMANDS,
  ...DECISION_COMMANDS,
  ...STATS_COMMANDS,
  ...POLICY_COMMANDS,
  ...REGISTRY_COMMANDS,
  help: HELP,
};

export function commandNamed(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw usageError(`the command ${quoted(name)} is not known; ${knownNames(Object.keys(COMMANDS))}`);
  return command;
}

export const helpText = (): string =>
  [
    "usage: pointsman COMMAND [flags]\n",
    helpColumns(Object.values(COMMANDS).map(({ usage, summary }) => [usage, summary])),
    "of every command:\n",
    helpColumns(flagRows(COMMON_FLAGS)),
    "environment:\n",
    helpColumns([
      ["POINTSMAN_URL", "where the router is (http://localhost:8787)"],
      ["POINTSMAN_ADMIN_TOKEN", "its admin token; of a local router else ADMIN_TOKEN in ./.dev.vars"],
    ]),
  ].join("");

export const usageLine = ({ usage, flags }: Command): string =>
  `usage: pointsman ${usage}${Object.keys(flags).length === 0 ? "" : " [flags]"}\n`;

export const commandHelp = (command: Command): string =>
  [
    usageLine(command),
    `${command.summary}\n`,
    helpColumns(flagRows({ ...command.flags, ...COMMON_FLAGS })),
  ].join("");
