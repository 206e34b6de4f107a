/** `.dev.vars`: the local Worker's secrets. Made at the first start, then kept. */
import { randomBytes } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";

/** A random text that is safe in a header and in a dotenv file. */
type Random = () => string;

const MADE: Readonly<Record<string, (random: Random) => string>> = {
  ADMIN_TOKEN: (random) => random(),
  DEV_API_KEY: (random) => `pm-${random()}`,
  KEY_PEPPER: (random) => random(),
  ALLOW_INSECURE_LOOPBACK: () => "true",
};

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
  const added = Object.entries(MADE).flatMap(([name, make]) =>
    (existing[name] ?? "") === "" ? [[name, make(random)]] : [],
  );
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
  const { text, values } = completeDevVars(before, () => randomBytes(24).toString("base64url"));
  if (text !== before) await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
  return values;
}
