/** What a simulated engine accepts on POST /v1/chat/completions, and how it refuses the rest. */
import type { IncomingMessage } from "node:http";
import { z } from "zod";

const BODY_BYTES_MAX = 8_000_000;
const CHARS_PER_TOKEN = 4;
/** The chat template's markers around one message, in tokens. */
const TOKENS_PER_MESSAGE = 4;

const textPartSchema = z.looseObject({ type: z.string(), text: z.string().optional() });

const messageSchema = z.looseObject({
  role: z.string().min(1),
  content: z.union([z.string(), z.array(textPartSchema), z.null()]).optional(),
});

const toolSchema = z.looseObject({
  type: z.literal("function"),
  function: z.looseObject({ name: z.string().min(1), parameters: z.unknown() }),
});

const toolChoiceSchema = z.union([
  z.enum(["auto", "none", "required"]),
  z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) }),
]);

const responseFormatSchema = z.looseObject({
  type: z.enum(["text", "json_object", "json_schema"]),
  json_schema: z.looseObject({ schema: z.unknown() }).optional(),
});

const tokenLimit = z.number().int().min(1).nullish();

export const chatRequestSchema = z.looseObject({
  model: z.string().optional(),
  messages: z.array(messageSchema).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: tokenLimit,
  max_completion_tokens: tokenLimit,
  n: z.literal(1).nullish(),
  tools: z.array(toolSchema).nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  response_format: responseFormatSchema.nullish(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;
type Message = ChatRequest["messages"][number];

function textOf(message: Message): string {
  if (typeof message.content === "string") return message.content;
  return (message.content ?? []).map((part) => part.text ?? "").join("\n");
}

/** The whole conversation as one text. */
export const promptText = (request: ChatRequest): string => request.messages.map(textOf).join("\n");

/** What was asked last: the text that decides the length of the answer. */
export function questionText(request: ChatRequest): string {
  const question = request.messages.findLast((message) => message.role === "user") ?? request.messages.at(-1);
  return question === undefined ? "" : textOf(question);
}

/** About four characters a token, plus the template's markers. */
export function countPromptTokens(request: ChatRequest): number {
  const tools = request.tools == null ? "" : JSON.stringify(request.tools);
  const chars = request.messages.reduce((sum, message) => sum + textOf(message).length, tools.length);
  return Math.ceil(chars / CHARS_PER_TOKEN) + request.messages.length * TOKENS_PER_MESSAGE;
}

/** An error body in OpenAI's shape, with the numeric code that both engines write. */
export const errorBody = (status: number, type: string, message: string) => ({
  error: { message, type, param: null, code: status },
});

export type Refusal = { readonly status: number; readonly type: string; readonly message: string };

const badRequest = (message: string): Refusal => ({ status: 400, type: "invalid_request_error", message });

async function readBody(message: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of message) {
    const buffer = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    bytes += buffer.length;
    if (bytes > BODY_BYTES_MAX) return null;
    parts.push(buffer);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parseJson(text: string): { readonly value: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return null;
  }
}

/** Reads a JSON body against a schema; what does not fit comes back as the refusal to send. */
export async function readJson<T>(
  message: IncomingMessage,
  schema: z.ZodType<T>,
): Promise<{ readonly value: T } | { readonly refusal: Refusal }> {
  const text = await readBody(message);
  if (text === null) return { refusal: { ...badRequest("The body is too large."), status: 413 } };
  const json = parseJson(text);
  if (json === null) return { refusal: badRequest("The body is not JSON.") };
  const parsed = schema.safeParse(json.value);
  return parsed.success ? { value: parsed.data } : { refusal: badRequest(z.prettifyError(parsed.error)) };
}
