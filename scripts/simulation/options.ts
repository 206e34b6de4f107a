/** What a simulated pool is made of, and the speeds that follow from it. */
import { z } from "zod";
import { poolSchema, type Target } from "../../src/domain/pool.ts";
import { HARDWARE } from "../../src/domain/hardware.ts";

export const ENGINES = ["llama.cpp", "vllm"] as const;

export const simulationOptionsSchema = z.strictObject({
  engine: z.enum(ENGINES).default("llama.cpp"),
  hardware: z
    .string()
    .refine((id) => HARDWARE[id] !== undefined, `must be one of ${Object.keys(HARDWARE).join(", ")}`)
    .default("altra-q80"),
  count: z.number().gt(0).default(1),
  model: z.string().min(1).default("llama-3.2-3b-instruct"),
  quantization: z.string().default("q8_0"),
  slots: z.number().int().min(1).max(1024).default(8),
  queueMax: z.number().int().min(0).max(100_000).default(64),
  contextTokens: z.number().int().min(1).default(131_072),
  port: z.number().int().min(0).max(65_535).default(0),
  /** Multiplies the pace; 1 is the speed of the hardware. */
  speed: z.number().gt(0).default(1),
});
export type SimulationOptions = z.infer<typeof simulationOptionsSchema>;

/** Time as a simulated engine sees it; tests hold it still. */
export type Clock = {
  nowMs(): number;
  /** Ends early, without an error, when the signal aborts. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      // A timer cannot be shorter than a millisecond, and a loop that never lets go would not see a client leave.
      const timer = delayMs < 1 ? null : setTimeout(finish, delayMs);
      const immediate = timer === null ? setImmediate(finish) : null;
      signal.addEventListener("abort", finish, { once: true });
      function finish() {
        if (timer !== null) clearTimeout(timer);
        if (immediate !== null) clearImmediate(immediate);
        signal.removeEventListener("abort", finish);
        resolve();
      }
    }),
};

/** The registry's own words for what is simulated, so that the router and the simulation reckon alike. */
export function simulatedTarget(options: SimulationOptions): Target {
  const kind = HARDWARE[options.hardware]?.kind ?? "cpu";
  const pool = poolSchema.parse({
    id: "simulated",
    kind: kind === "apple" ? "gpu" : kind,
    hardware: { id: options.hardware, count: options.count },
    backends: [{ id: "a", url: "http://127.0.0.1/v1", slots: options.slots }],
    models: [{ id: options.model, quantization: options.quantization, contextTokens: options.contextTokens }],
  });
  const model = pool.models[0];
  if (model === undefined) throw new Error("a pool has a model");
  return { pool, model };
}
