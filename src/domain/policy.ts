/** The policy half of the registry document: profiles, and what applies when a request says nothing. */
import { z } from "zod";
import { idSchema } from "./pool.ts";

export const profileSchema = z.strictObject({
  /** What a second beyond comfort is worth, in USD. 0.0003 is about one dollar an hour. */
  valueOfSecondUsd: z.number().min(0).max(1),
  /** Least P(success); lowered to the best that stands when no target reaches it. */
  minQuality: z.number().min(0).max(1),
  /** Targets within this share of the cheapest count as equally cheap. */
  tieTolerance: z.number().min(0).max(1).default(0.02),
  comfortTtftMs: z.number().min(0).max(600_000).default(1000),
  comfortTotalMs: z.number().min(0).max(3_600_000).default(10_000),
  comfortTokensPerSecond: z.number().gt(0).max(100_000).default(10),
});
export type Profile = z.infer<typeof profileSchema>;

/** The shipped profiles. An operator's profile of the same name replaces one. */
export const SHIPPED_PROFILES = {
  auto: { valueOfSecondUsd: 0.0003, minQuality: 0.6 },
  cheap: { valueOfSecondUsd: 0.00002, minQuality: 0.5 },
  fast: {
    valueOfSecondUsd: 0.005,
    minQuality: 0.6,
    comfortTtftMs: 300,
    comfortTotalMs: 2000,
    comfortTokensPerSecond: 30,
  },
  best: { valueOfSecondUsd: 0.001, minQuality: 0.85 },
} as const satisfies Record<string, z.input<typeof profileSchema>>;

export const policySchema = z.strictObject({
  profiles: z.record(idSchema, profileSchema).default({}),
  defaultProfile: idSchema.default("auto"),
  /** Applies to `auto` when the prompt gives no evidence, so that it is never the cheapest by accident. */
  noEvidenceProfile: idSchema.default("best"),
  /** A target (`pool/model`): what each request would have cost had everything gone there. */
  baselineTarget: z.string().max(200).optional(),
  energyUsdPerKwh: z.number().min(0).max(100).default(0.15),
  /** Total time of one request, attempts and fallbacks together. */
  deadlineMs: z.number().int().min(100).max(3_600_000).default(600_000),
  /** A proxy in front of a backend gives up at 100 s, so longer would gain nothing. */
  connectTimeoutMs: z.number().int().min(50).max(600_000).default(90_000),
  firstContentTimeoutMs: z.number().int().min(50).max(600_000).default(90_000),
  idleTimeoutMs: z.number().int().min(50).max(89_000).default(60_000),
});
export type Policy = z.infer<typeof policySchema>;
