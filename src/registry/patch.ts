/** Changes to a registry document, each a new document. Pure. */
import type { Pool } from "../domain/pool.ts";
import type { RegistryDocument } from "../domain/registry.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** How deep a patch may nest; the document itself is four deep. */
const PATCH_DEPTH_MAX = 8;

/** RFC 7396: objects merge, null removes, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown, depth = 0): unknown {
  if (!isRecord(patch) || depth >= PATCH_DEPTH_MAX) return patch;
  const merged: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else
      Object.defineProperty(merged, key, {
        value: mergePatch(merged[key], value, depth + 1),
        enumerable: true,
        writable: true,
        configurable: true,
      });
  }
  return merged;
}

/**
 * A pool with a patch laid over it. A price of another basis takes the old one's place: merged with it, it would be
 * refused for fields that its writer never sent.
 */
export function patchPool(pool: Pool, patch: unknown): unknown {
  const price = isRecord(patch) ? patch["price"] : undefined;
  const other = isRecord(price) && price["basis"] !== undefined && price["basis"] !== pool.price?.basis;
  const { price: _old, ...rest } = pool;
  return mergePatch(other ? rest : pool, patch);
}

export const poolNamed = (document: RegistryDocument, id: string): Pool | null =>
  document.pools.find((pool) => pool.id === id) ?? null;

export const withoutPool = (document: RegistryDocument, id: string): RegistryDocument => ({
  ...document,
  pools: document.pools.filter((pool) => pool.id !== id),
});
