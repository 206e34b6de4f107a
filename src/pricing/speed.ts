/**
 * How fast a target reads and writes for one request: declared by the operator, else estimated by
 * the roofline of its hardware, else assumed. Pure.
 */
import type { Model, Pool, Target } from "../domain/pool.ts";
import { HARDWARE } from "../domain/hardware.ts";
import { BITS_PER_WEIGHT, MODELS, type ModelFacts } from "./models.ts";

export type Speed = {
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  readonly source: "declared" | "roofline" | "assumed";
};

/** Shares of peak bandwidth and peak compute that engines reach, and seconds lost a step: fitted to published runs. */
const EFFICIENCY = {
  cpu: { bandwidth: 0.35, compute: 0.2, stepSeconds: 0 },
  gpu: { bandwidth: 0.7, compute: 0.3, stepSeconds: 0.002 },
  tpu: { bandwidth: 0.7, compute: 0.3, stepSeconds: 0.002 },
  apple: { bandwidth: 0.8, compute: 0.6, stepSeconds: 0.004 },
  asic: { bandwidth: 0.5, compute: 0.02, stepSeconds: 0.0002 },
} as const;

/** Used when nothing is known; a hosted API is usually a GPU behind a network. */
const ASSUMED = {
  cpu: { prefillTokensPerSecond: 100, decodeTokensPerSecond: 8 },
  gpu: { prefillTokensPerSecond: 2000, decodeTokensPerSecond: 40 },
  tpu: { prefillTokensPerSecond: 2000, decodeTokensPerSecond: 40 },
  asic: { prefillTokensPerSecond: 2000, decodeTokensPerSecond: 100 },
  hosted: { prefillTokensPerSecond: 2000, decodeTokensPerSecond: 50 },
} as const satisfies Record<Pool["kind"], Omit<Speed, "source">>;

/** Llama-shaped models: KV bytes a token grow about with the square root of the parameters. */
const kvBytesPerTokenFor = (paramsB: number) => 46_000 * Math.sqrt(paramsB);

const MODEL_KEYS = Object.keys(MODELS).toSorted((a, b) => b.length - a.length);

const factsByName = new Map<string, ModelFacts | null>();
/** Names remembered: a registry holds 20,000 models at most, and the search is the dearest part of a price. */
const NAMES_MAX = 20_000;

/** Facts of a model by its served name: the table, else the size in its name (`-7b`), else null. */
export function modelFacts(name: string): ModelFacts | null {
  const remembered = factsByName.get(name);
  if (remembered !== undefined) return remembered;
  if (factsByName.size >= NAMES_MAX) factsByName.clear();
  const found = findFacts(name);
  factsByName.set(name, found);
  return found;
}

function findFacts(name: string): ModelFacts | null {
  const plain = name.toLowerCase();
  const key = MODEL_KEYS.find((candidate) => plain.includes(candidate));
  const known = key === undefined ? undefined : MODELS[key];
  if (known !== undefined) return known;
  const size = /(?:^|[^a-z0-9.])(\d{1,4}(?:\.\d{1,3})?)([bm])(?![a-z0-9])/.exec(plain);
  if (size === null) return null;
  const paramsB = Number(size[1]) / (size[2] === "m" ? 1000 : 1);
  return paramsB > 0 ? { paramsB, activeB: paramsB, kvBytesPerToken: kvBytesPerTokenFor(paramsB) } : null;
}

/** Bits per weight of a model as served; 16 where no quantisation is named or known. */
export const bitsPerWeight = (quantization: string | undefined): number =>
  BITS_PER_WEIGHT.get((quantization ?? "fp16").toLowerCase()) ?? 16;

/** Speeds of one stream among `batch` on one backend, each holding `contextTokens`. */
export function targetSpeed(target: Target, batch: number, contextTokens: number): Speed {
  const { pool, model } = target;
  const estimate = roofline(pool, model, batch, contextTokens);
  const base = estimate ?? { ...ASSUMED[pool.kind], source: "assumed" as const };
  const prefill = model.prefillTokensPerSecond ?? pool.prefillTokensPerSecond;
  const decode = model.decodeTokensPerSecond ?? pool.decodeTokensPerSecond;
  if (prefill === undefined && decode === undefined) return base;
  return {
    prefillTokensPerSecond: prefill ?? base.prefillTokensPerSecond,
    decodeTokensPerSecond: decode ?? base.decodeTokensPerSecond,
    source: "declared",
  };
}

/**
 * decode step = max(bytes read / bandwidth, arithmetic / compute) + overhead; prefill = 2 x active
 * parameters a token / compute. Williams et al., "Roofline", CACM 2009, with the fitted shares above.
 */
function roofline(pool: Pool, model: Model, batch: number, contextTokens: number): Speed | null {
  const hardware = pool.hardware === undefined ? undefined : HARDWARE[pool.hardware.id];
  const facts = modelFacts(model.id);
  if (hardware === undefined || facts === null || pool.hardware === undefined) return null;
  const share = EFFICIENCY[hardware.kind];
  const bits = bitsPerWeight(model.quantization);
  const tera = bits <= 8.5 && hardware.kind === "gpu" ? hardware.int8Tops : hardware.fp16Tflops;
  const computePerSecond = tera * 1e12 * pool.hardware.count * share.compute;
  const bytesPerSecond = hardware.bandwidthGBps * 1e9 * pool.hardware.count * share.bandwidth;
  const weightBytes = (facts.activeB * 1e9 * bits) / 8;
  const bytesPerStep = weightBytes + batch * contextTokens * facts.kvBytesPerToken;
  const flopsPerToken = 2 * facts.activeB * 1e9;
  const stepSeconds =
    Math.max(bytesPerStep / bytesPerSecond, (flopsPerToken * batch) / computePerSecond) + share.stepSeconds;
  return {
    prefillTokensPerSecond: computePerSecond / flopsPerToken,
    decodeTokensPerSecond: 1 / stepSeconds,
    source: "roofline",
  };
}
