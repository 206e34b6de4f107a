/** GET /metrics of a simulated engine, in Prometheus text format with the real engines' names. */
import type { Engine } from "./engine.ts";
import type { SimulationOptions } from "./options.ts";

type Row = readonly [type: "counter" | "gauge", name: string, help: string, value: number];

const ratio = (amount: number, per: number) => (per === 0 ? 0 : amount / per);
const busyCount = ({ slots }: Engine) => slots.busy().filter(Boolean).length;

function llamaRows(engine: Engine): Row[] {
  const { promptTokens, promptSeconds, generatedTokens, generatedSeconds } = engine.totals;
  const busyPerStep = ratio(engine.totals.busySlotSteps, generatedTokens);
  const readPerSecond = ratio(promptTokens, promptSeconds);
  const writtenPerSecond = ratio(generatedTokens, generatedSeconds);
  return [
    ["counter", "prompt_tokens_total", "Number of prompt tokens processed.", promptTokens],
    ["counter", "prompt_seconds_total", "Prompt process time", promptSeconds],
    ["counter", "tokens_predicted_total", "Number of generation tokens processed.", generatedTokens],
    ["counter", "tokens_predicted_seconds_total", "Predict process time", generatedSeconds],
    ["counter", "n_tokens_max", "Largest observed n_tokens.", engine.totals.largestSequenceTokens],
    [
      "counter",
      "n_busy_slots_per_decode",
      "Average number of busy slots per llama_decode() call",
      busyPerStep,
    ],
    ["gauge", "prompt_tokens_seconds", "Average prompt throughput in tokens/s.", readPerSecond],
    ["gauge", "predicted_tokens_seconds", "Average generation throughput in tokens/s.", writtenPerSecond],
    ["gauge", "requests_processing", "Number of requests processing.", busyCount(engine)],
    ["gauge", "requests_deferred", "Number of requests deferred.", engine.slots.queued()],
  ];
}

function vllmRows(engine: Engine, options: SimulationOptions): Row[] {
  const { promptTokens, generatedTokens } = engine.totals;
  // vLLM refuses to start unless the cache holds one sequence of full length, so that is the least it has.
  const cacheUsed = Math.min(1, engine.heldTokens() / options.contextTokens);
  return [
    ["gauge", "num_requests_running", "Number of requests in model execution batches.", busyCount(engine)],
    ["gauge", "num_requests_waiting", "Number of requests waiting to be processed.", engine.slots.queued()],
    ["gauge", "kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", cacheUsed],
    ["counter", "prompt_tokens_total", "Number of prefill tokens processed.", promptTokens],
    ["counter", "generation_tokens_total", "Number of generation tokens processed.", generatedTokens],
  ];
}

/** The metrics as text, each with its HELP and TYPE lines. */
export function metricsText(engine: Engine, options: SimulationOptions): string {
  const llama = options.engine === "llama.cpp";
  const prefix = llama ? "llamacpp:" : "vllm:";
  const labels = llama ? "" : `{engine="0",model_name=${JSON.stringify(options.model)}}`;
  const rows = llama ? llamaRows(engine) : vllmRows(engine, options);
  return rows
    .map(([type, name, help, value]) => {
      const full = `${prefix}${name}`;
      return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${full}${labels} ${value}\n`;
    })
    .join("");
}
