/**
 * A simulated OpenAI-compatible engine (llama.cpp's server or vLLM) on loopback: slots, a queue, the
 * pace of the named hardware, exact usage, the engine's own health and load endpoints, and faults
 * on request. `node scripts/simulated-pool.ts --engine vllm --hardware l4 --model llama-3.1-8b-instruct`
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { parseArgs } from "node:util";
import { z } from "zod";
import { answerChat, sendJson, sendRefusal, type Simulation } from "./simulation/chat.ts";
import { createEngine } from "./simulation/engine.ts";
import { createFaults, faultOrderSchema } from "./simulation/faults.ts";
import { metricsText } from "./simulation/metrics.ts";
import { simulationOptionsSchema, systemClock, type Clock } from "./simulation/options.ts";
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

async function main(): Promise<void> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    options: {
      engine: text,
      hardware: text,
      count: text,
      model: text,
      quantization: text,
      slots: text,
      "queue-max": text,
      "context-tokens": text,
      port: text,
      speed: text,
      "until-stdin-closes": { type: "boolean" },
    },
  });
  const {
    "until-stdin-closes": untilStdinCloses,
    "queue-max": queueMax,
    "context-tokens": contextTokens,
    ...plain
  } = values;
  const named = { ...plain, queueMax, contextTokens };
  const numeric = new Set(["count", "slots", "queueMax", "contextTokens", "port", "speed"]);
  const given = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, numeric.has(name) ? Number(value) : value]],
  );
  const options = simulationOptionsSchema.safeParse(Object.fromEntries(given));
  if (!options.success) {
    console.error(z.prettifyError(options.error));
    process.exitCode = 2;
    return;
  }
  const pool = await startSimulatedPool(options.data);
  console.log(JSON.stringify({ url: pool.url }));
  const stop = () => {
    void pool.close().then(() => process.exit(0));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  // Whoever started this pool may be killed without a word; its end of the pipe then closes.
  if (untilStdinCloses === true) process.stdin.on("end", stop).resume();
}

if (import.meta.main) await main();
