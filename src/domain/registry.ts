/** The registry document, and the snapshot of it that a request decides on. */
import { z } from "zod";
import { LIMITS, poolSchema } from "./pool.ts";
import { policySchema } from "./policy.ts";
import { TASKS } from "./traits.ts";

export const registryDocumentSchema = z.strictObject({
  pools: z.array(poolSchema).max(LIMITS.poolsMax).default([]),
  policy: policySchema.prefault({}),
});
export type RegistryDocument = z.infer<typeof registryDocumentSchema>;

/** Octaves by which the answers of a task are longer than the classifier expects, as seen on this deployment. */
export const lengthsSchema = z.strictObject({
  revision: z.number().int().min(0),
  octaves: z.partialRecord(z.enum(TASKS), z.number()),
});
export type Lengths = z.infer<typeof lengthsSchema>;

/** One published version. A request holds one from start to end and never sees it change. */
export const snapshotSchema = z.strictObject({
  version: z.number().int().min(0),
  publishedAtMs: z.number().int().min(0),
  document: registryDocumentSchema,
  /** Absent until answers were seen. */
  lengths: lengthsSchema.optional(),
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
