/** A load of keep-alive connections, each one request at a time, on raw sockets. */
import { connect } from "node:net";

export type LoadResult = {
  readonly requests: number;
  readonly seconds: number;
  readonly latenciesMs: readonly number[];
  readonly errors: number;
};
export type LoadOptions = {
  readonly port: number;
  readonly path: string;
  readonly key: string;
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
  readonly requestsMax?: number;
};

const requestBytes = ({ path, key, body }: LoadOptions): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );

const LAST_CHUNK = Buffer.from("0\r\n\r\n");

/** Reads one answer as it comes: how long it is by its head, or that its last chunk has come. */
class Answer {
  private head = Buffer.alloc(0);
  private tail = Buffer.alloc(0);
  private endsAt: number | null = null;
  private bytes = 0;
  /** Of a chunked answer; its head may end like a last chunk. */
  private headBytes: number | null = null;

  get status(): string {
    return this.head.toString("latin1", 9, 12);
  }

  /** Takes what came; true when the answer is whole. */
  take(data: Buffer): boolean {
    this.bytes += data.length;
    this.tail = Buffer.concat([this.tail, data.subarray(-LAST_CHUNK.length)]).subarray(-LAST_CHUNK.length);
    if (this.endsAt === null && this.headBytes === null) this.readHead(data);
    if (this.endsAt !== null) return this.bytes >= this.endsAt;
    return this.headBytes !== null && this.bytes > this.headBytes && this.tail.equals(LAST_CHUNK);
  }

  private readHead(data: Buffer): void {
    this.head = Buffer.concat([this.head, data]);
    const headEnd = this.head.indexOf("\r\n\r\n");
    if (headEnd === -1) return;
    const length = /content-length: (\d+)/i.exec(this.head.toString("latin1", 0, headEnd));
    if (length === null) this.headBytes = headEnd + 4;
    else this.endsAt = headEnd + 4 + Number(length[1]);
  }
}

/** One connection until the time or the count is over; answers that are not 200 are errors. */
function client(
  options: LoadOptions,
  request: Buffer,
  state: { latenciesMs: number[]; errors: number; left: number; endsAtMs: number },
): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true });
    let [answer, startedAtMs] = [new Answer(), 0];
    const next = () => {
      if (state.left <= 0 || performance.now() >= state.endsAtMs) return socket.end();
      state.left -= 1;
      answer = new Answer();
      startedAtMs = performance.now();
      return socket.write(request);
    };
    socket.on("connect", next);
    socket.on("data", (data: Buffer) => {
      if (!answer.take(data)) return;
      state.latenciesMs.push(performance.now() - startedAtMs);
      if (answer.status !== "200") state.errors += 1;
      next();
    });
    socket.on("error", () => {
      state.errors += 1;
      socket.destroy();
    });
    socket.on("close", () => resolve());
  });
}

export async function load(options: LoadOptions): Promise<LoadResult> {
  const startedAtMs = performance.now();
  const state = {
    latenciesMs: [] as number[],
    errors: 0,
    left: options.requestsMax ?? Infinity,
    endsAtMs: startedAtMs + options.seconds * 1000,
  };
  const request = requestBytes(options);
  await Promise.all(Array.from({ length: options.connections }, () => client(options, request, state)));
  return {
    requests: state.latenciesMs.length,
    seconds: (performance.now() - startedAtMs) / 1000,
    latenciesMs: state.latenciesMs,
    errors: state.errors,
  };
}

/** The value under which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
