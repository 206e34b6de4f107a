/** The words and flags of one command line. */
import { quoted, usageError } from "./failure.ts";
import { knownNames } from "./text.ts";

export type Flag = {
  /** What its value is called in the help; null for a flag without one. */
  readonly value: string | null;
  readonly help: string;
  /** What is wrong with a value, as the end of a sentence; null when nothing is. */
  readonly problem?: (text: string) => string | null;
  /** May be given more than once. */
  readonly many?: true;
};
export type Flags = Readonly<Record<string, Flag>>;

export type Asked = {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
};

/** Every command has them. */
export const COMMON_FLAGS: Flags = {
  json: { value: null, help: "the API's JSON as it came, one line for each answer" },
  help: { value: null, help: "this text" },
};

/** Throws, naming it, on a flag that the command does not have or a value that it cannot take. */
export function parseArguments(args: readonly string[], flags: Flags): Asked {
  const { words, values } = parseFlags(args, { ...flags, ...COMMON_FLAGS });
  return { words, flags: new Map([...values].map(([name, [text = ""]]) => [name, text])) };
}

/** The values of each flag that was given, in order; the text of a flag without a value is empty. */
export type FlagValues = ReadonlyMap<string, readonly string[]>;

/** Words and flags where these flags are all there are; throws as above. */
export function parseFlags(
  args: readonly string[],
  known: Flags,
): { readonly words: readonly string[]; readonly values: FlagValues } {
  const end = args.indexOf("--");
  const [before, after] = end === -1 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
  const words: string[] = [];
  const values = new Map<string, readonly string[]>();
  for (let index = 0; index < before.length; index += 1) {
    const word = before[index] ?? "";
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const { name, flag, inline } = flagOf(word, known);
    const earlier = values.get(name) ?? [];
    if (earlier.length > 0 && flag.many !== true) throw usageError(`--${name} is given twice`);
    if (flag.value === null && inline !== undefined) throw usageError(`--${name} takes no value`);
    if (flag.value !== null && inline === undefined) index += 1;
    const text = flag.value === null ? "" : (inline ?? before[index]);
    if (text === undefined || (inline === undefined && text.startsWith("--")))
      throw usageError(`--${name} needs a value: --${name} ${flag.value ?? ""}`);
    const problem = flag.problem?.(text) ?? null;
    if (problem !== null) throw usageError(`--${name} ${problem}, not ${quoted(text)}`);
    values.set(name, [...earlier, text]);
  }
  return { words: [...words, ...after], values };
}

function flagOf(word: string, known: Flags): { name: string; flag: Flag; inline: string | undefined } {
  const [, name = "", inline] = /^--([a-z0-9-]+)(?:=(.*))?$/s.exec(word === "-h" ? "--help" : word) ?? [];
  const flag = Object.hasOwn(known, name) ? known[name] : undefined;
  if (flag === undefined) {
    const names = Object.keys(known).map((other) => `--${other}`);
    throw usageError(`the flag ${quoted(word)} is not known; ${knownNames(names)}`);
  }
  return { name, flag, inline };
}

/** Flags as rows of a help text. */
export const flagRows = (flags: Flags): readonly (readonly [string, string])[] =>
  Object.entries(flags).map(([name, { value, help }]) => [
    value === null ? `--${name}` : `--${name} ${value}`,
    help,
  ]);

/** The words, one for each name; throws when there are fewer or more. */
export function wordsNamed(asked: Asked, names: readonly string[]): readonly string[] {
  const missing = names[asked.words.length];
  if (missing !== undefined) throw usageError(`${missing} is missing`);
  const surplus = asked.words[names.length];
  if (surplus !== undefined) throw usageError(`${quoted(surplus)} is one word too many`);
  return asked.words;
}

export const oneOf =
  (known: readonly string[]) =>
  (text: string): string | null =>
    known.includes(text) ? null : `must be one of ${known.join(", ")}`;

export const integer =
  (least: number, most: number) =>
  (text: string): string | null =>
    /^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most
      ? null
      : `must be an integer from ${least} to ${most}`;
