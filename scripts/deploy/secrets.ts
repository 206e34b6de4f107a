/** The Worker's secrets: which to make, which to keep, and how they reach the platform without being written down. */
import { z } from "zod";
import { poolSchema } from "../../src/domain/pool.ts";
import { keysFrom } from "../../src/store/keys.ts";
import { makeSecret, NEEDED_SECRETS, type NeededSecret, type Random } from "../launch/dev-vars.ts";
import { outputOf, type Run } from "./wrangler.ts";

/** The platform's limit of one variable. */
const VALUE_MAX_BYTES = 5 * 1024;

const listSchema = z.array(z.object({ name: z.string() }));

/** The names in what `wrangler secret list` printed, or null when it is not a list. */
export function namesIn(stdout: string): readonly string[] | null {
  try {
    return listSchema.parse(JSON.parse(stdout)).map(({ name }) => name);
  } catch {
    return null;
  }
}

/** What a deployment cannot do without; API_KEYS serves as well as the key named dev. */
export const missingSecrets = (existing: readonly string[]): readonly NeededSecret[] =>
  NEEDED_SECRETS.filter(
    (name) => !existing.includes(name) && !(name === "DEV_API_KEY" && existing.includes("API_KEYS")),
  );

export type SecretsPlan = {
  readonly make: readonly NeededSecret[];
  readonly keep: readonly string[];
};

/** A value that is set is kept unless it is named: a new one locks out whoever holds the old. */
export function planSecrets(existing: readonly string[], rotate: readonly NeededSecret[]): SecretsPlan {
  const missing = missingSecrets(existing);
  const make = NEEDED_SECRETS.filter((name) => missing.includes(name) || rotate.includes(name));
  return { make, keep: existing.filter((name) => make.every((made) => made !== name)) };
}

export type Listed =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** Which secrets the Worker has. Asked first: wrangler would make an empty Worker to hold the secrets of one that is missing. */
export async function listSecrets(run: Run): Promise<Listed> {
  const outcome = await run(["secret", "list"]);
  const names = outcome.code === 0 ? namesIn(outcome.stdout) : null;
  if (names !== null) return { ok: true, names };
  const said = outputOf(outcome);
  const todo = /not found/.test(said)
    ? "Deploy the Worker first: npm run deploy"
    : "Is wrangler logged in? npx wrangler login";
  return { ok: false, problem: `${said}\n\n${todo}` };
}

/** New values of those names. */
export const makeValues = (
  names: readonly NeededSecret[],
  random: Random,
): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, makeSecret(name, random)]));

/** Puts all values in one call, on stdin: arguments are seen by every process of the machine. Null, or why it failed. */
export async function putSecrets(run: Run, values: Readonly<Record<string, string>>): Promise<string | null> {
  const outcome = await run(["secret", "bulk"], { stdin: JSON.stringify(values) });
  const said = Object.values(values).reduce((text, value) => text.replaceAll(value, "…"), outputOf(outcome));
  // wrangler exits with 0 when it could not read what it was given.
  return outcome.code !== 0 || said.includes("No content found") ? said : null;
}

const backendSecretName = poolSchema.shape.backends.element.shape.secret.unwrap();

/** Why an operator cannot set that name, or null. */
export function nameProblem(name: string): string | null {
  if (NEEDED_SECRETS.some((needed) => needed === name))
    return `${name} is made at random: use --rotate ${name}`;
  return backendSecretName.safeParse(name).success
    ? null
    : `${JSON.stringify(name)} cannot be a secret's name: A-Z 0-9 _, first a letter, 64 at most`;
}

/** Why that value cannot be sent as a bearer token (or read as API_KEYS), or null. Never repeats it. */
export function valueProblem(name: string, value: string): string | null {
  if (value === "") return "the value is empty";
  if (Buffer.byteLength(value) > VALUE_MAX_BYTES) return `the value is longer than ${VALUE_MAX_BYTES} bytes`;
  if (name !== "API_KEYS")
    return /^[\x21-\x7e]+$/.test(value) ? null : "the value must be printable ASCII without spaces";
  try {
    keysFrom({ API_KEYS: value });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "API_KEYS cannot be read";
  }
}
