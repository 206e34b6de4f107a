/** `.dev.vars`: the local Worker's secrets. Made at the first start, then kept. */
import { randomBytes } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";

/** A random text that is safe in a header and in a dotenv file. */
export type Random = () => string;

export const randomText: Random = () => randomBytes(24).toString("base64url");

/** The secrets that every deployment needs, here and on the platform. */
export const NEEDED_SECRETS = ["ADMIN_TOKEN", "DEV_API_KEY", "KEY_PEPPER"] as const;
export type NeededSecret = (typeof NEEDED_SECRETS)[number];

/** A new value. Keys are told from other credentials by their prefix. */
export const makeSecret = (name: NeededSecret, random: Random): string =>
  name === "DEV_API_KEY" ? `pm-${random()}` : random();

const MADE: readonly (readonly [name: string, make: (random: Random) => string])[] = [
  ...NEEDED_SECRETS.map((name) => [name, (random: Random) => makeSecret(name, random)] as const),
  ["ALLOW_INSECURE_LOOPBACK", () => "true"],
];

export type DevVars = { readonly text: string; readonly values: Readonly<Record<string, string>> };

function valuesOf(text: string): Record<string, string> {
  const pairs = text.split(/\r?\n/).flatMap((line) => {
    const found = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line);
    const [, name, value] = found ?? [];
    if (name === undefined || value === undefined) return [];
    const quoted = /^(["'`])(.*)\1/.exec(value)?.[2];
    return [[name, quoted ?? value.replace(/\s+#.*$/, "")] as const];
  });
  return Object.fromEntries(pairs);
}

/** Adds what is missing or empty to the text of a `.dev.vars`; every line that is there stays as it is. */
export function completeDevVars(text: string, random: Random): DevVars {
  const existing = valuesOf(text);
  const added = MADE.flatMap(([name, make]) => ((existing[name] ?? "") === "" ? [[name, make(random)]] : []));
  const ended = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const lines = added.map(([name, value]) => `${name}=${value}\n`);
  return { text: ended + lines.join(""), values: { ...existing, ...Object.fromEntries(added) } };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

/** Completes the file at `path`, readable by its owner alone, and returns its values. */
export async function keepDevVars(path: string): Promise<DevVars["values"]> {
  const before = await readIfThere(path);
  const { text, values } = completeDevVars(before, randomText);
  if (text !== before) await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
  return values;
}

/** The values of the file at `path`, which is neither made nor changed; none when there is no file. */
export const readDevVars = async (path: string): Promise<DevVars["values"]> =>
  valuesOf(await readIfThere(path));
