/** The bytes of an answer, as llama.cpp's server and vLLM write them. */
import type { Answer } from "./answer.ts";
import type { SimulationOptions } from "./options.ts";

type Engine = SimulationOptions["engine"];

/** What every part of one answer repeats. */
export type Envelope = {
  readonly engine: Engine;
  readonly id: string;
  readonly model: string;
  readonly createdSeconds: number;
  readonly promptTokens: number;
};

const head = (envelope: Envelope, object: string) => ({
  id: envelope.id,
  object,
  created: envelope.createdSeconds,
  model: envelope.model,
  ...(envelope.engine === "llama.cpp" ? { system_fingerprint: "b0-simulated" } : {}),
});

const usageOf = ({ promptTokens, engine }: Envelope, completionTokens: number) => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
  ...(engine === "vllm" ? { prompt_tokens_details: null } : {}),
});

/** vLLM repeats fields that are always null; clients that validate strictly meet them there first. */
const choice = (engine: Engine, fields: object, finishReason: string | null) => ({
  index: 0,
  ...fields,
  ...(engine === "vllm" ? { logprobs: null } : {}),
  finish_reason: finishReason,
});

const toolCall = (envelope: Envelope, name: string, args: string) => ({
  id: `call-${envelope.id.slice(-12)}`,
  type: "function",
  function: { name, arguments: args },
});

/** The whole answer as one JSON body. */
export function wholeBody(envelope: Envelope, answer: Answer) {
  const text = answer.pieces.join("");
  const said =
    answer.tool === null
      ? { content: text, ...(envelope.engine === "vllm" ? { refusal: null, tool_calls: [] } : {}) }
      : { content: null, tool_calls: [toolCall(envelope, answer.tool, text)] };
  const message = { role: "assistant", ...said };
  return {
    ...head(envelope, "chat.completion"),
    choices: [choice(envelope.engine, { message }, answer.finishReason)],
    usage: usageOf(envelope, answer.pieces.length),
  };
}

/** One server-sent event. */
export const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

export const STREAM_END = "data: [DONE]\n\n";

function chunk(envelope: Envelope, delta: object, finishReason: string | null): string {
  const choices = [choice(envelope.engine, { delta }, finishReason)];
  return event({ ...head(envelope, "chat.completion.chunk"), choices });
}

/** The chunk before the first token: it carries the role and no text. */
export const roleChunk = (envelope: Envelope): string =>
  chunk(envelope, { role: "assistant", content: envelope.engine === "vllm" ? "" : null }, null);

/** The chunk of one token. */
export function pieceChunk(envelope: Envelope, answer: Answer, index: number): string {
  const piece = answer.pieces[index] ?? "";
  if (answer.tool === null) return chunk(envelope, { content: piece }, null);
  const call = index === 0 ? toolCall(envelope, answer.tool, piece) : { function: { arguments: piece } };
  return chunk(envelope, { tool_calls: [{ index: 0, ...call }] }, null);
}

/** What follows the last token: the reason, the usage when it was asked for, and the end mark. */
export function closingChunks(envelope: Envelope, answer: Answer, includeUsage: boolean): string {
  const delta = envelope.engine === "vllm" && answer.tool === null ? { content: "" } : {};
  const finish = chunk(envelope, delta, answer.finishReason);
  const usage = event({
    ...head(envelope, "chat.completion.chunk"),
    choices: [],
    usage: usageOf(envelope, answer.pieces.length),
  });
  return `${finish}${includeUsage ? usage : ""}${STREAM_END}`;
}
