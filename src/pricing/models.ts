/** Parameter counts, KV-cache sizes (fp16) and weight widths: from the models' published configs. */

export type ModelFacts = {
  readonly paramsB: number;
  readonly activeB: number;
  readonly kvBytesPerToken: number;
};
const model = (paramsB: number, activeB: number, kvBytesPerToken: number): ModelFacts => ({
  paramsB,
  activeB,
  kvBytesPerToken,
});

/** Keyed by the model's name without organisation and suffixes; found by the longest key that a served name holds. */
export const MODELS: Readonly<Record<string, ModelFacts>> = {
  "smollm2-135m": model(0.134, 0.134, 23040),
  "smollm2-360m": model(0.362, 0.362, 40960),
  "smollm2-1.7b": model(1.711, 1.711, 196608),
  "tinyllama-1.1b": model(1.1, 1.1, 22528),
  "llama-3.2-1b": model(1.236, 1.236, 32768),
  "llama-3.2-3b": model(3.213, 3.213, 114688),
  "llama-3.1-8b": model(8.03, 8.03, 131072),
  "llama-3-8b": model(8.03, 8.03, 131072),
  "llama-3.1-70b": model(70.552, 70.552, 327680),
  "llama-3.1-405b": model(405.849, 405.849, 516096),
  "llama-2-7b": model(6.738, 6.738, 524288),
  "llama-2-70b": model(68.975, 68.975, 327680),
  "mistral-7b": model(7.248, 7.248, 131072),
  "mixtral-8x7b": model(46.703, 12.88, 131072),
  "mixtral-8x22b": model(140.629, 39.16, 229376),
  "qwen2.5-0.5b": model(0.494, 0.494, 12288),
  "qwen2.5-1.5b": model(1.544, 1.544, 28672),
  "qwen2.5-3b": model(3.086, 3.086, 36864),
  "qwen2.5-7b": model(7.615, 7.615, 57344),
  "qwen2.5-14b": model(14.769, 14.769, 196608),
  "qwen2.5-32b": model(32.763, 32.763, 262144),
  "qwen2.5-72b": model(72.704, 72.704, 327680),
  "qwen3-0.6b": model(0.596, 0.596, 114688),
  "qwen3-1.7b": model(1.72, 1.72, 114688),
  "qwen3-4b": model(4.022, 4.022, 147456),
  "qwen3-8b": model(8.19, 8.19, 147456),
  "qwen3-14b": model(14.768, 14.768, 163840),
  "qwen3-32b": model(32.761, 32.761, 262144),
  "qwen3-30b-a3b": model(30.532, 3.35, 98304),
  "qwen3-235b-a22b": model(235.093, 22.19, 192512),
  "gemma-2-2b": model(2.614, 2.614, 106496),
  "gemma-2-9b": model(9.241, 9.241, 344064),
  "gemma-2-27b": model(27.226, 27.226, 376832),
  "gemma-3-1b": model(1.0, 1.0, 26624),
  "gemma-3-4b": model(3.88, 3.88, 139264),
  "gemma-3-12b": model(11.765, 11.765, 393216),
  "gemma-3-27b": model(27.008, 27.008, 507904),
  "phi-3-mini": model(3.821, 3.821, 393216),
  "phi-4": model(14.659, 14.659, 204800),
  "phi-4-mini": model(3.836, 3.836, 131072),
  "falcon-40b": model(41.301, 41.301, 122880),
  "falcon-180b": model(178.552, 178.552, 163840),
  "deepseek-v3": model(671, 37, 70272),
  "gpt-oss-120b": model(117, 5.1, 73728),
  "gpt-oss-20b": model(21, 3.6, 49152),
  "gpt-j-6b": model(6.05, 6.05, 458752),
};

/** Bits per weight of a quantisation, file overhead included (llama.cpp's own table for the k-quants). */
export const BITS_PER_WEIGHT: ReadonlyMap<string, number> = new Map(
  Object.entries({
    fp32: 32,
    fp16: 16,
    bf16: 16,
    fp8: 8,
    int8: 8,
    int4: 4.25,
    fp4: 4.5,
    mxfp4: 4.25,
    q8_0: 8.5,
    q8r16: 8.5,
    q6_k: 6.5633,
    q5_k_m: 5.7036,
    q4_k_m: 4.8944,
    q4_k_s: 4.6672,
    q4_k_4: 4.85,
    q4_0: 4.5,
    iq4_xs: 4.4597,
    q3_k_s: 3.6429,
    q2_k: 3.1593,
    "awq-int4": 4.25,
  }),
);
