/** Every command by its name, and the help. */
import { COMMON_FLAGS, type Flags } from "./arguments.ts";
import type { Command, Commands } from "./command.ts";
import { DECISION_COMMANDS } from "./decisions.ts";
import { quoted, usageError } from "./failure.ts";
import { POOL_COMMANDS } from "./pools.ts";
import { REGISTRY_COMMANDS } from "./registry.ts";
import { ROUTE_COMMANDS } from "./route.ts";
import { STATS_COMMANDS } from "./stats.ts";

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
  ...REGISTRY_COMMANDS,
  help: HELP,
};

export function commandNamed(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined)
    throw usageError(`the command ${quoted(name)} is not known; ${Object.keys(COMMANDS).join(", ")} are`);
  return command;
}

const columnsOf = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
};
const flagRows = (flags: Flags) =>
  Object.entries(flags).map(
    ([name, { value, help }]) => [value === null ? `--${name}` : `--${name} ${value}`, help] as const,
  );

export const helpText = (): string =>
  [
    "usage: pointsman COMMAND [flags]\n",
    columnsOf(Object.values(COMMANDS).map(({ usage, summary }) => [usage, summary])),
    "of every command:\n",
    columnsOf(flagRows(COMMON_FLAGS)),
    "environment:\n",
    columnsOf([
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
    columnsOf(flagRows({ ...command.flags, ...COMMON_FLAGS })),
  ].join("");
