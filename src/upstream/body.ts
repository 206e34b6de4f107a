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

/** The text of a body, counted as it is read: a declared length is only a claim. Throws TooLargeError over the limit. */
export async function readText(body: ReadableStream<Uint8Array> | null, limitBytes: number): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const first = await reader.read();
  if (first.done) return "";
  if (first.value.byteLength > limitBytes) return refuse(reader);
  let text = "";
  let bytes = first.value.byteLength;
  let chunk = first.value;
  for (;;) {
    const next = await reader.read();
    if (next.done) return text + decoder.decode(chunk);
    text += decoder.decode(chunk, { stream: true });
    bytes += next.value.byteLength;
    if (bytes > limitBytes) return refuse(reader);
    chunk = next.value;
  }
}

async function refuse(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<never> {
  // A body that cannot be cancelled any more is as gone as one that was.
  await reader.cancel().catch(() => undefined);
  throw new TooLargeError("the body is too large");
}
