/** An upstream that costs next to nothing: raw sockets, answers made beforehand. */
import { createServer, type Server, type Socket } from "node:net";

export const STREAM_CHUNKS = 50;
const usage = { prompt_tokens: 42, completion_tokens: 48, total_tokens: 90 };
const common = {
  id: "chatcmpl-bench",
  object: "chat.completion.chunk",
  created: 1_790_000_000,
  model: "bench",
};
const event = (body: object) => `data: ${JSON.stringify({ ...common, ...body })}\n\n`;
const delta = (content: object, finish: string | null = null) =>
  event({
    choices: [{ index: 0, delta: content, logprobs: null, finish_reason: finish }],
    system_fingerprint: "fp_0123456789",
  });

/** Role, 47 contents, finish, usage: 50 events, then `[DONE]`. */
const events = [
  delta({ role: "assistant", content: null }),
  ...Array.from({ length: STREAM_CHUNKS - 3 }, (_, index) => delta({ content: ` word${index}` })),
  delta({}, "stop"),
  `${event({ choices: [], usage })}data: [DONE]\n\n`,
];
const chunked = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const STREAM_HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const STREAM_PARTS = [...events.map(chunked), "0\r\n\r\n"].map((part) => Buffer.from(part));
const answer = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1_790_000_000,
  model: "bench",
  choices: [
    { index: 0, message: { role: "assistant", content: "negative" }, logprobs: null, finish_reason: "stop" },
  ],
  usage,
});
const JSON_ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(answer)}\r\n\r\n${answer}`,
);

function writeStream(socket: Socket): void {
  socket.write(STREAM_HEAD);
  let index = 0;
  const next = () => {
    const part = STREAM_PARTS[index];
    if (part === undefined || socket.destroyed) return;
    index += 1;
    socket.write(part);
    setImmediate(next);
  };
  next();
}

/** The length of the first whole request in the bytes; null while it is not whole. */
function requestEnd(bytes: Buffer): number | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const head = bytes.toString("latin1", 0, headEnd);
  const length = /content-length: (\d+)/i.exec(head);
  if (length !== null)
    return bytes.length >= headEnd + 4 + Number(length[1]) ? headEnd + 4 + Number(length[1]) : null;
  if (!/transfer-encoding/i.test(head)) return headEnd + 4;
  const last = bytes.indexOf("0\r\n\r\n", headEnd);
  return last === -1 ? null : last + 5;
}

/** Listens on loopback and answers with the server and its port. */
export function startUpstream(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    let pending = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("data", (data: Buffer) => {
      pending = Buffer.concat([pending, data]);
      for (let end = requestEnd(pending); end !== null; end = requestEnd(pending)) {
        const request = pending.subarray(0, end);
        pending = pending.subarray(end);
        if (request.includes('"stream":true')) writeStream(socket);
        else socket.write(JSON_ANSWER);
      }
    });
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("the upstream has no port"));
      else resolve({ server, port: address.port });
    });
  });
}
