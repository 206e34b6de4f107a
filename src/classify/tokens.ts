/** How many tokens a text is, by the script of its letters. No tokenizer: an estimate within some 20 %. */
import type { ChatMessage, Conversation } from "../domain/chat.ts";

const CHARACTERS_PER_TOKEN = { latin: 4, alphabet: 2.5, ideograph: 1.5 } as const;
/** Beyond this length one character in `STRIDE` stands for its neighbours: 1 MB in well under a millisecond. */
const EXACT_CHARACTERS = 512;
const STRIDE = 16;
/** Beyond this length the rest is taken to be like what was read. */
const READ_CHARACTERS = 16_384;
/** What chat templates wrap around each message, and what a picture of usual size costs. */
const TOKENS_PER_MESSAGE = 4;
const TOKENS_PER_IMAGE = 700;
const NESTING_MAX = 12;

const tokensAt = (code: number) => {
  if (code < 0x250) return 1 / CHARACTERS_PER_TOKEN.latin;
  if (code < 0x2e80)
    return code >= 0x2000 ? 1 / CHARACTERS_PER_TOKEN.latin : 1 / CHARACTERS_PER_TOKEN.alphabet;
  return 1 / CHARACTERS_PER_TOKEN.ideograph;
};

/** Estimated tokens of a text, not rounded; never shrinks when text is appended. */
export function tokensOfText(text: string): number {
  let tokens = 0;
  const exact = Math.min(text.length, EXACT_CHARACTERS);
  for (let index = 0; index < exact; index += 1) tokens += tokensAt(text.charCodeAt(index));
  const read = Math.min(text.length, READ_CHARACTERS);
  for (let index = exact; index < read; index += STRIDE) {
    tokens += tokensAt(text.charCodeAt(index)) * Math.min(STRIDE, read - index);
  }
  return read < text.length ? tokens * (text.length / read) : tokens;
}

function tokensOfValue(value: unknown, depth: number): number {
  if (typeof value === "string") return tokensOfText(value) + 1;
  if (typeof value !== "object" || value === null) return 1;
  if (depth >= NESTING_MAX) return 0;
  let tokens = 1;
  for (const [key, inner] of Object.entries(value)) {
    tokens += (Array.isArray(value) ? 0 : tokensOfText(key)) + tokensOfValue(inner, depth + 1);
  }
  return tokens;
}

/** True for a part that carries a picture. */
export const isImagePart = (part: { readonly type: string }) =>
  part.type === "image_url" || part.type === "input_image" || part.type === "image";

function tokensOfMessage(message: ChatMessage): number {
  const { content } = message;
  let tokens = TOKENS_PER_MESSAGE;
  if (typeof content === "string") tokens += tokensOfText(content);
  else {
    for (const part of content ?? []) {
      tokens += isImagePart(part) ? TOKENS_PER_IMAGE : tokensOfText(part.text ?? "");
    }
  }
  if (message["tool_calls"] !== undefined) tokens += tokensOfValue(message["tool_calls"], 0);
  return tokens;
}

/** Estimated tokens of the whole request: every message, tool definitions and the answer's schema. At least 1. */
export function inputTokens(conversation: Conversation): number {
  let tokens = 0;
  for (const message of conversation.messages) tokens += tokensOfMessage(message);
  if (conversation.tools != null) tokens += tokensOfValue(conversation.tools, 0);
  if (conversation.response_format != null) tokens += tokensOfValue(conversation.response_format, 0);
  return Math.max(1, Math.ceil(tokens));
}
