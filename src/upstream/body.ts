/** The chat request as an upstream gets it: the router's own fields are gone, everything else is the client's. */
import type { ChatRequest } from "../domain/chat.ts";

/** JSON text for one model. A stream is asked for its usage, which is taken out again when the client did not ask. */
export function upstreamBody(request: ChatRequest, modelId: string): string {
  const { models: _models, provider: _provider, ...rest } = request;
  if (request.stream !== true) return JSON.stringify({ ...rest, model: modelId });
  return JSON.stringify({
    ...rest,
    model: modelId,
    stream_options: { ...rest.stream_options, include_usage: true },
  });
}

export class TooLargeError extends Error {
  override readonly name = "TooLargeError";
}

/** A body and what its sender says of its length. */
export type Sized = {
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly text: () => Promise<string>;
};

/**
 * The text of a body of at most `limitBytes`; throws TooLargeError over it. Where a length is declared, HTTP itself ends
 * the body there, and the platform's own reader is the quickest; without one the body is counted as it is read.
 */
export async function readText(sized: Sized, limitBytes: number): Promise<string> {
  const declared = sized.headers.get("content-length");
  if (declared === null) return countedText(sized.body, limitBytes);
  // Left unread, not cancelled: a client whose request is cancelled while it sends never sees the answer.
  if (!(Number(declared) <= limitBytes)) throw new TooLargeError("the body is too large");
  const text = await sized.text();
  if (text.length > limitBytes) throw new TooLargeError("the body is larger than it was said to be");
  return text;
}

async function countedText(body: ReadableStream<Uint8Array> | null, limitBytes: number): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > limitBytes) {
      await reader.cancel().catch(() => undefined);
      throw new TooLargeError("the body is too large");
    }
    text += decoder.decode(value, { stream: true });
  }
}
