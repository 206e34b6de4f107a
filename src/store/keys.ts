/** API keys and the admin token: compared as HMAC digests of one length, in constant time. */
import { Buffer } from "node:buffer";
import { z } from "zod";

export const KEY_LIMITS = { keyLengthMax: 512, cachedMax: 1_000, keysMax: 1_000 } as const;

const keysSchema = z
  .record(z.string().regex(/^[\w.@-]{1,64}$/), z.string().min(16).max(KEY_LIMITS.keyLengthMax))
  .refine((keys) => Object.keys(keys).length <= KEY_LIMITS.keysMax);

/** The names and values of this deployment's keys. Throws, naming the setting, when API_KEYS is not what it must be. */
export function keysFrom(env: {
  readonly DEV_API_KEY?: unknown;
  readonly API_KEYS?: unknown;
}): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  if (typeof env.DEV_API_KEY === "string" && env.DEV_API_KEY !== "") keys.set("dev", env.DEV_API_KEY);
  if (typeof env.API_KEYS !== "string" || env.API_KEYS === "") return keys;
  const parsed = keysSchema.safeParse(safeJson(env.API_KEYS));
  if (!parsed.success)
    throw new Error('API_KEYS must be a JSON object {"name": "key of 16 to 512 characters"}');
  for (const [name, key] of Object.entries(parsed.data)) keys.set(name, key);
  return keys;
}

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const encoder = new TextEncoder();
const digest = async (pepper: CryptoKey, value: string): Promise<ArrayBuffer> =>
  crypto.subtle.sign("HMAC", pepper, encoder.encode(value));

/** Who may call, as digests; made once an isolate. */
export type KeyRing = {
  readonly pepper: CryptoKey;
  readonly entries: readonly { readonly name: string; readonly digest: ArrayBuffer }[];
  readonly verified: Map<string, string>;
};

export async function keyRing(pepper: string, keys: ReadonlyMap<string, string>): Promise<KeyRing> {
  const imported = await crypto.subtle.importKey(
    "raw",
    encoder.encode(pepper),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const entries = await Promise.all(
    [...keys].map(async ([name, key]) => ({ name, digest: await digest(imported, key) })),
  );
  return { pepper: imported, entries, verified: new Map() };
}

/** The name of the presented key, or null. What was verified is remembered: an HMAC costs more than a decision. */
export const keyName = (ring: KeyRing, presented: string): string | Promise<string | null> =>
  ring.verified.get(presented) ?? verifiedName(ring, presented);

async function verifiedName(ring: KeyRing, presented: string): Promise<string | null> {
  if (presented === "" || presented.length > KEY_LIMITS.keyLengthMax) return null;
  const candidate = await digest(ring.pepper, presented);
  let found: string | null = null;
  for (const entry of ring.entries) {
    if (sameDigest(entry.digest, candidate)) found = entry.name;
  }
  if (found === null) return null;
  if (ring.verified.size >= KEY_LIMITS.cachedMax) ring.verified.clear();
  ring.verified.set(presented, found);
  return found;
}

function sameDigest(a: ArrayBuffer, b: ArrayBuffer): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  let difference = left.length ^ right.length;
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0);
  return difference === 0;
}
