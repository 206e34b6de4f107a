/** The registry document, and the snapshot of it that a request decides on. */
import { z } from "zod";
import { LIMITS, poolSchema } from "./pool.ts";
import { policySchema } from "./policy.ts";

export const registryDocumentSchema = z.strictObject({
  pools: z.array(poolSchema).max(LIMITS.poolsMax).default([]),
  policy: policySchema.prefault({}),
});
export type RegistryDocument = z.infer<typeof registryDocumentSchema>;

/** One published version. A request holds one from start to end and never sees it change. */
export const snapshotSchema = z.strictObject({
  version: z.number().int().min(0),
  publishedAtMs: z.number().int().min(0),
  document: registryDocumentSchema,
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** A snapshot and how it was come by: what one request decides on. */
export type SnapshotReading = {
  readonly snapshot: Snapshot;
  /** Milliseconds since the copy was last confirmed by its store. */
  readonly ageMs: number;
  /** True when the store could not be reached and this is the last known good copy. */
  readonly stale: boolean;
};
