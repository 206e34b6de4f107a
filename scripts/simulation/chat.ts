/** POST /v1/chat/completions of a simulated engine: refusals, faults, and the answer itself. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerTo, type Answer } from "./answer.ts";
import type { Engine, Outcome } from "./engine.ts";
import { ERROR_ANSWERS, type Fault, type Faults } from "./faults.ts";
import type { SimulationOptions } from "./options.ts";
import {
  chatRequestSchema,
  countPromptTokens,
  errorBody,
  readJson,
  type ChatRequest,
  type Refusal,
} from "./request.ts";
import { closingChunks, event, pieceChunk, roleChunk, wholeBody, type Envelope } from "./wire.ts";

/** Content chunks that a cut stream still sends. */
const CUT_AFTER_CHUNKS = 3;

export type Counters = {
  /** Chat requests that came, whatever became of them. */
  requests: number;
  completed: number;
  /** The client left before the end. */
  cancelled: number;
  /** Bad requests, and those for which the queue had no room. */
  rejected: number;
  /** Requests that an ordered fault ended. */
  faulted: number;
};

export type Simulation = {
  readonly options: SimulationOptions;
  readonly engine: Engine;
  readonly faults: Faults;
  readonly counters: Counters;
};

type Exchange = {
  readonly request: ChatRequest;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  readonly fault: Fault;
};

/** Writes a JSON answer. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}

export const sendRefusal = (response: ServerResponse, { status, type, message }: Refusal): void => {
  // A connection whose request was not read to its end cannot carry another.
  if (status === 413) response.setHeader("connection", "close");
  sendJson(response, status, errorBody(status, type, message));
};

/** Answers one chat request; resolves when nothing more happens for it. */
export async function answerChat(
  simulation: Simulation,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { counters } = simulation;
  counters.requests += 1;
  const fault = simulation.faults.next();
  if (fault === "refuse") {
    counters.faulted += 1;
    message.socket.destroy();
    return;
  }
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const body = await readJson(message, chatRequestSchema);
  if ("refusal" in body) {
    counters.rejected += 1;
    sendRefusal(response, body.refusal);
    return;
  }
  const exchange = { request: body.value, response, signal: gone.signal, fault };
  if (await endedByFault(exchange)) {
    counters.faulted += 1;
    return;
  }
  await generate(simulation, exchange);
}

/** Faults that end a request before the engine sees it. */
async function endedByFault({ request, response, signal, fault }: Exchange): Promise<boolean> {
  const answer = ERROR_ANSWERS[fault];
  if (answer !== undefined) {
    if (answer.status === 429) response.setHeader("retry-after", "1");
    sendRefusal(response, answer);
    return true;
  }
  if (fault === "hang") {
    if (!signal.aborted) await once(signal, "abort");
    return true;
  }
  if (fault !== "ok_then_error") return false;
  const failure = errorBody(500, "server_error", "simulated: failed after the status was sent");
  if (request.stream !== true) {
    sendJson(response, 200, failure);
    return true;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end(event(failure));
  return true;
}

/** What keeps a well-formed request from being answered here. */
function refusalOf(
  { engine, model, contextTokens }: SimulationOptions,
  request: ChatRequest,
): Refusal | null {
  const promptTokens = countPromptTokens(request);
  if (promptTokens >= contextTokens) {
    const message = `the request (${promptTokens} tokens) exceeds the available context size (${contextTokens} tokens)`;
    return {
      status: 400,
      type: engine === "vllm" ? "BadRequestError" : "exceed_context_size_error",
      message,
    };
  }
  // llama.cpp serves its one model whatever the request calls it; vLLM does not.
  if (engine !== "vllm" || request.model === model) return null;
  return {
    status: 404,
    type: "NotFoundError",
    message: `The model \`${request.model ?? ""}\` does not exist.`,
  };
}

async function generate(simulation: Simulation, exchange: Exchange): Promise<void> {
  const { options, engine, counters } = simulation;
  const { request, response, fault } = exchange;
  const refusal = refusalOf(options, request);
  if (refusal !== null) {
    counters.rejected += 1;
    sendRefusal(response, refusal);
    return;
  }
  const promptTokens = countPromptTokens(request);
  const signature = `[simulated ${options.model} on ${options.hardware}] `;
  const answer = answerTo(request, signature, options.contextTokens - promptTokens);
  const envelope: Envelope = {
    engine: options.engine,
    id: `chatcmpl-${crypto.randomUUID().replaceAll("-", "")}`,
    model: options.model,
    createdSeconds: Math.floor(Date.now() / 1000),
    promptTokens,
  };
  const stop = new AbortController();
  const signal = AbortSignal.any([exchange.signal, stop.signal]);
  const send = async (_piece: string, index: number) => {
    if (request.stream === true) await sendPiece(exchange, envelope, { answer, index });
    if (fault === "cut_mid_stream" && index + 1 >= CUT_AFTER_CHUNKS) stop.abort();
  };
  const outcome = await engine.run({ promptTokens, pieces: answer.pieces, signal, send });
  const cut = fault === "cut_mid_stream" && outcome !== "full" && !exchange.signal.aborted;
  if (cut) cutOff(exchange, envelope, answer);
  else finish(exchange, envelope, { answer, outcome });
  counters[cut ? "faulted" : COUNTED_AS[outcome]] += 1;
}

const COUNTED_AS = { done: "completed", left: "cancelled", full: "rejected" } as const satisfies Record<
  Outcome,
  keyof Counters
>;

async function sendPiece(
  { response, signal }: Exchange,
  envelope: Envelope,
  { answer, index }: { answer: Answer; index: number },
): Promise<void> {
  if (index === 0) {
    const charset = envelope.engine === "vllm" ? "; charset=utf-8" : "";
    response.writeHead(200, { "content-type": `text/event-stream${charset}`, "cache-control": "no-cache" });
    response.write(roleChunk(envelope));
  }
  const room = response.write(pieceChunk(envelope, answer, index));
  if (!room && !signal.aborted) await Promise.race([once(response, "drain"), once(signal, "abort")]);
}

function finish(
  { request, response }: Exchange,
  envelope: Envelope,
  { answer, outcome }: { answer: Answer; outcome: Outcome },
): void {
  if (outcome === "left") return;
  if (outcome === "full") {
    const type = envelope.engine === "vllm" ? "ServiceUnavailable" : "unavailable_error";
    sendRefusal(response, { status: 503, type, message: "all slots are busy and the queue is full" });
  } else if (request.stream === true) {
    response.end(closingChunks(envelope, answer, request.stream_options?.include_usage === true));
  } else {
    sendJson(response, 200, wholeBody(envelope, answer));
  }
}

/** Ends the connection in the middle: after some chunks of a stream, or halfway through a body that was announced whole. */
function cutOff({ request, response }: Exchange, envelope: Envelope, answer: Answer): void {
  if (request.stream === true) {
    // The last chunks are still on their way to the socket in this turn of the loop.
    setImmediate(() => response.destroy());
    return;
  }
  const body = JSON.stringify(wholeBody(envelope, answer));
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}
