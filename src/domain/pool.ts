/** A pool: interchangeable backends on one kind of hardware, serving one or more models. */
import { z } from "zod";
import { TASKS } from "./traits.ts";

export const LIMITS = {
  poolsMax: 200,
  backendsPerPoolMax: 100,
  modelsPerPoolMax: 100,
  aliasesPerModelMax: 20,
  tagsPerPoolMax: 50,
  slotsMax: 10_000,
} as const;

export const KINDS = ["cpu", "gpu", "tpu", "asic", "hosted"] as const;
export const CAPABILITIES = ["tools", "json_schema", "vision", "logprobs"] as const;
export const ACCOUNTINGS = ["amortised", "marginal"] as const;

const positive = z.number().positive().max(1e9);
const notNegative = z.number().min(0).max(1e9);

/** Ids stand in headers, URLs and logs, so they keep to characters that are safe in all three. */
export const idSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "must be 1 to 64 of a-z 0-9 . _ -, first a letter or digit");

/** A model's name as clients write it: `org/model:tag` is allowed, spaces and control characters are not. */
export const modelNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$/, "must be 1 to 128 of A-Z a-z 0-9 . _ : / @ + -");

const backendSchema = z.strictObject({
  id: idSchema,
  url: z.string().max(2048),
  secret: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,63}$/, "must be the NAME of a Worker secret (A-Z 0-9 _), never its value")
    .optional(),
  slots: z.number().int().min(1).max(LIMITS.slotsMax),
});

const speedFields = {
  /** Tokens a second of prompt reading for one request, measured or declared. */
  prefillTokensPerSecond: positive.optional(),
  /** Tokens a second of answer for one request, measured or declared. */
  decodeTokensPerSecond: positive.optional(),
};

const skillsSchema = z.partialRecord(z.enum(TASKS), z.number().min(0).max(1.5));

const modelSchema = z.strictObject({
  id: modelNameSchema,
  aliases: z.array(modelNameSchema).max(LIMITS.aliasesPerModelMax).default([]),
  contextTokens: z.number().int().min(1).max(100_000_000),
  quantization: z.string().max(32).optional(),
  capabilities: z.array(z.enum(CAPABILITIES)).default([]),
  skills: skillsSchema.optional(),
  ...speedFields,
});

const priceSchema = z.discriminatedUnion("basis", [
  z.strictObject({
    basis: z.literal("hourly"),
    usdPerHour: notNegative,
    accounting: z.enum(ACCOUNTINGS),
    expectedUtilization: z.number().gt(0).max(1).default(0.5),
  }),
  z.strictObject({
    basis: z.literal("tokens"),
    usdPerMTokIn: notNegative,
    usdPerMTokOut: notNegative,
    usdPerMTokCachedIn: notNegative.optional(),
  }),
]);

const unique = (ids: readonly string[]) => new Set(ids).size === ids.length;

const poolFields = {
  kind: z.enum(KINDS),
  region: z.string().max(64).default(""),
  tags: z.array(z.string().min(1).max(64)).max(LIMITS.tagsPerPoolMax).default([]),
  /** Share among equally cheap targets; 0 takes the pool out. */
  weight: z.number().min(0).max(1000).default(1),
  draining: z.boolean().default(false),
  /** `count` per backend; a fraction is a slice of one. */
  hardware: z
    .strictObject({ id: z.string().max(64), count: z.number().gt(0).max(1024).default(1) })
    .optional(),
  dialect: z.enum(["openai"]).default("openai"),
  /** The format in which the pool's servers tell their load. Recorded; read when live health is built. */
  load: z.enum(["llama.cpp", "vllm", "sglang", "ollama", "none"]).default("none"),
  backends: z
    .array(backendSchema)
    .min(1)
    .max(LIMITS.backendsPerPoolMax)
    .refine((backends) => unique(backends.map((backend) => backend.id)), "backend ids must differ"),
  models: z
    .array(modelSchema)
    .min(1)
    .max(LIMITS.modelsPerPoolMax)
    .refine(
      (models) => unique(models.flatMap((model) => [model.id, ...model.aliases])),
      "model names must differ",
    ),
  /** Absent is unpriced: the pool loses, visibly. An explicit 0 is free and wins. */
  price: priceSchema.optional(),
  /** Draw of one backend under load, for the energy in a marginal price. */
  powerWatts: notNegative.optional(),
  /** Multiplies the expected cost in the comparison only. */
  priceFactor: z.number().gt(0).max(1000).default(1),
  skills: skillsSchema.optional(),
  ...speedFields,
};

export const poolSchema = z.strictObject({ id: idSchema, ...poolFields });

export type Pool = z.infer<typeof poolSchema>;
export type Backend = Pool["backends"][number];
export type Model = Pool["models"][number];
export type Price = NonNullable<Pool["price"]>;
export type Capability = (typeof CAPABILITIES)[number];

/** A target is a model on a pool: what is chosen. */
export type Target = { readonly pool: Pool; readonly model: Model };

/** `pool/model`, unique in a registry. */
export const targetId = ({ pool, model }: Target): string => `${pool.id}/${model.id}`;
/** `pool/backend`, unique in a registry. */
export const backendKey = (poolId: string, backendId: string): string => `${poolId}/${backendId}`;
