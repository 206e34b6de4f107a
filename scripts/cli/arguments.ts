/** The words and flags of one command line. */
import { quoted, usageError } from "./failure.ts";

export type Flag = {
  /** What its value is called in the help; null for a flag without one. */
  readonly value: string | null;
  readonly help: string;
  /** What is wrong with a value, as the end of a sentence; null when nothing is. */
  readonly problem?: (text: string) => string | null;
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
  const known = { ...flags, ...COMMON_FLAGS };
  const end = args.indexOf("--");
  const [before, after] = end === -1 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
  const words: string[] = [];
  const values = new Map<string, string>();
  for (let index = 0; index < before.length; index += 1) {
    const word = before[index] ?? "";
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const { name, flag, inline } = flagOf(word, known);
    if (values.has(name)) throw usageError(`--${name} is given twice`);
    if (flag.value === null && inline !== undefined) throw usageError(`--${name} takes no value`);
    if (flag.value !== null && inline === undefined) index += 1;
    const text = flag.value === null ? "" : (inline ?? before[index]);
    if (text === undefined || (inline === undefined && text.startsWith("--")))
      throw usageError(`--${name} needs a value: --${name} ${flag.value ?? ""}`);
    const problem = flag.problem?.(text) ?? null;
    if (problem !== null) throw usageError(`--${name} ${problem}, not ${quoted(text)}`);
    values.set(name, text);
  }
  return { words: [...words, ...after], flags: values };
}

function flagOf(word: string, known: Flags): { name: string; flag: Flag; inline: string | undefined } {
  const [, name = "", inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word === "-h" ? "--help" : word) ?? [];
  const flag = Object.hasOwn(known, name) ? known[name] : undefined;
  if (flag === undefined) {
    const names = Object.keys(known).map((other) => `--${other}`);
    throw usageError(`the flag ${quoted(word)} is not known; ${names.join(", ")} are`);
  }
  return { name, flag, inline };
}

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
