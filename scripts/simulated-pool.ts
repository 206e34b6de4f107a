/**
 * A simulated OpenAI-compatible engine (llama.cpp's server or vLLM) on loopback: slots, a queue, the
 * pace of the named hardware, exact usage, the engine's own health and load endpoints, and faults
 * on request. `node scripts/simulated-pool.ts --engine vllm --hardware l4 --model llama-3.1-8b-instruct`
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { z } from "zod";
import type { FlagValues } from "./cli/arguments.ts";
import { usageError } from "./cli/failure.ts";
import { type Script, runScript } from "./shared/script.ts";
import { answerChat, sendJson, sendRefusal, type Simulation } from "./simulation/chat.ts";
import { createEngine } from "./simulation/engine.ts";
import { createFaults, faultOrderSchema } from "./simulation/faults.ts";
import { metricsText } from "./simulation/metrics.ts";
import { ENGINES, simulationOptionsSchema, systemClock, type Clock } from "./simulation/options.ts";
import { errorBody, readJson } from "./simulation/request.ts";

export type SimulatedPoolOptions = z.input<typeof simulationOptionsSchema> & {
  readonly clock?: Clock;
  readonly random?: () => number;
};

export type SimulatedPool = {
  /** The base URL as a registry writes it, ending in /v1. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
};

type PlainHandler = (simulation: Simulation, message: IncomingMessage, response: ServerResponse) => void;
type Handler = (...exchange: Parameters<PlainHandler>) => void | Promise<void>;

const listModels: PlainHandler = ({ options }, _message, response) => {
  const facts =
    options.engine === "vllm"
      ? { owned_by: "vllm", max_model_len: options.contextTokens }
      : { owned_by: "llamacpp", meta: { n_ctx_train: options.contextTokens } };
  const model = { id: options.model, object: "model", created: Math.floor(Date.now() / 1000), ...facts };
  sendJson(response, 200, { object: "list", data: [model] });
};

const tellHealth: PlainHandler = ({ options }, _message, response) => {
  if (options.engine === "llama.cpp") sendJson(response, 200, { status: "ok" });
  else response.writeHead(200).end();
};

const tellSlots: PlainHandler = (simulation, message, response) => {
  const { options, engine } = simulation;
  if (options.engine !== "llama.cpp") {
    notFound(simulation, message, response);
    return;
  }
  const slots = engine.slots
    .busy()
    .map((busy, id) => ({ id, n_ctx: options.contextTokens, is_processing: busy }));
  const failWhenFull = message.url?.endsWith("?fail_on_no_slot=1") === true;
  const full = slots.every((slot) => slot.is_processing);
  sendJson(response, failWhenFull && full ? 503 : 200, slots);
};

const tellMetrics: PlainHandler = ({ options, engine }, _message, response) => {
  response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  response.end(metricsText(engine, options));
};

const tellSimulation: PlainHandler = ({ engine, faults, counters }, _message, response) => {
  const running = engine.slots.busy().filter(Boolean).length;
  sendJson(response, 200, { ...counters, running, queued: engine.slots.queued(), fault: faults.current() });
};

const orderFault: Handler = async (simulation, message, response) => {
  const body = await readJson(message, faultOrderSchema);
  if ("refusal" in body) {
    sendRefusal(response, body.refusal);
    return;
  }
  simulation.faults.order(body.value);
  tellSimulation(simulation, message, response);
};

const notFound: PlainHandler = (_simulation, _message, response) => {
  sendJson(response, 404, errorBody(404, "not_found_error", "File Not Found"));
};

const HANDLERS: Readonly<Record<string, Handler>> = {
  "POST /v1/chat/completions": answerChat,
  "GET /v1/models": listModels,
  "GET /health": tellHealth,
  "GET /slots": tellSlots,
  "GET /metrics": tellMetrics,
  "GET /simulation": tellSimulation,
  "POST /simulation/faults": orderFault,
};

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("the server has no port"));
      else resolve(address.port);
    });
  });
}

/** Starts a simulated engine on 127.0.0.1; `close` also ends what is under way. */
export async function startSimulatedPool(given: SimulatedPoolOptions = {}): Promise<SimulatedPool> {
  const { clock = systemClock, random = Math.random, ...rest } = given;
  const options = simulationOptionsSchema.parse(rest);
  const simulation: Simulation = {
    options,
    engine: createEngine(options, { clock, random }),
    faults: createFaults(),
    counters: { requests: 0, completed: 0, cancelled: 0, rejected: 0, faulted: 0 },
  };
  const server = createServer((message, response) => {
    const path = (message.url ?? "/").split("?", 1)[0] ?? "/";
    const handler = HANDLERS[`${message.method ?? "GET"} ${path}`] ?? notFound;
    // A client that left in the middle of its own request is no error of the engine.
    Promise.resolve(handler(simulation, message, response)).catch(() => response.destroy());
  });
  const port = await listen(server, options.port);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const SIMULATED_POOL: Script = {
  command: "node scripts/simulated-pool.ts",
  summary: "A simulated engine on 127.0.0.1, until Ctrl-C. Prints its base URL as JSON.",
  flags: {
    engine: { value: "ENGINE", help: `${ENGINES.join(" or ")} (llama.cpp)` },
    hardware: { value: "ID", help: "as in src/domain/hardware.ts (altra-q80)" },
    count: { value: "N", help: "how many of that hardware; a fraction is a slice (1)" },
    model: { value: "MODEL", help: "the model that it serves (llama-3.2-3b-instruct)" },
    quantization: { value: "NAME", help: "of the model's weights (q8_0)" },
    slots: { value: "N", help: "requests served at once (8)" },
    "queue-max": { value: "N", help: "requests that may wait for a slot (64)" },
    "context-tokens": { value: "N", help: "the model's context (131072)" },
    port: { value: "N", help: "where it listens; 0 is any that is free (0)" },
    speed: { value: "N", help: "times the hardware's pace (1)" },
    "until-stdin-closes": { value: null, help: "ends when its standard input does" },
  },
};
const NUMERIC = ["count", "slots", "queue-max", "context-tokens", "port", "speed"];
const camelCase = (name: string) => name.replaceAll(/-(.)/g, (_all, letter: string) => letter.toUpperCase());

const issueText = ({ path, message }: z.core.$ZodIssue) => `${path.join(".")}: ${message}`;

async function main(flags: FlagValues): Promise<void> {
  const given = [...flags].flatMap(([name, [text = ""]]) =>
    name === "until-stdin-closes" ? [] : [[camelCase(name), NUMERIC.includes(name) ? Number(text) : text]],
  );
  const options = simulationOptionsSchema.safeParse(Object.fromEntries(given));
  if (!options.success) throw usageError(options.error.issues.map(issueText).join("\n"));
  const pool = await startSimulatedPool(options.data);
  console.log(JSON.stringify({ url: pool.url }));
  const stop = () => {
    void pool.close().then(() => process.exit(0));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  // Whoever started this pool may be killed without a word; its end of the pipe then closes.
  if (flags.has("until-stdin-closes")) process.stdin.on("end", stop).resume();
}

if (import.meta.main) await runScript(SIMULATED_POOL, main);
