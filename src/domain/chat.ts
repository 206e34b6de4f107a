/** The body of a chat completion: what the router reads is checked, every other field is the upstream's. */
import { z } from "zod";

export const CHAT_LIMITS = {
  messagesMax: 2048,
  partsMax: 1024,
  toolsMax: 512,
  modelsMax: 16,
  outputTokensMax: 10_000_000,
} as const;

const partSchema = z.looseObject({ type: z.string(), text: z.string().optional() });

const messageSchema = z.looseObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(partSchema).max(CHAT_LIMITS.partsMax), z.null()]).optional(),
});

const poolList = z.array(z.string().min(1, "is an empty id").max(64)).max(200);
const providerSchema = z.strictObject({
  only: poolList.optional(),
  ignore: poolList.optional(),
  order: poolList.optional(),
  allow_fallbacks: z.boolean().optional(),
  require_parameters: z.boolean().optional(),
  max_price: z
    .strictObject({ prompt: z.number().min(0).optional(), completion: z.number().min(0).optional() })
    .optional(),
  sort: z.enum(["price", "throughput", "latency"]).optional(),
});

const tokens = z.number().int().min(1).max(CHAT_LIMITS.outputTokensMax).nullish();

export const chatRequestSchema = z.looseObject({
  model: z.string().min(1).max(200),
  models: z.array(z.string().min(1).max(200)).min(1).max(CHAT_LIMITS.modelsMax).optional(),
  provider: providerSchema.optional(),
  messages: z.array(messageSchema).min(1).max(CHAT_LIMITS.messagesMax),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: tokens,
  max_completion_tokens: tokens,
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  n: z.number().int().min(1).max(128).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(16)]).nullish(),
  tools: z
    .array(z.looseObject({ type: z.string() }))
    .max(CHAT_LIMITS.toolsMax)
    .nullish(),
  response_format: z.looseObject({ type: z.string() }).nullish(),
  logprobs: z.boolean().nullish(),
  user: z.string().max(512).nullish(),
  prompt_cache_key: z.string().max(512).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;
export type ChatMessage = ChatRequest["messages"][number];

/** What the classifier reads of a request. */
export type Conversation = Pick<
  ChatRequest,
  "messages" | "tools" | "response_format" | "max_tokens" | "max_completion_tokens"
>;

/** The text of one message; images and other parts add none. */
export const textOf = (message: ChatMessage): string => {
  const { content } = message;
  if (typeof content === "string") return content;
  return (content ?? []).map((part) => part.text ?? "").join("\n");
};
