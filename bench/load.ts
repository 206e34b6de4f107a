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

/** True when the bytes hold one whole answer. */
function whole(bytes: Buffer): boolean {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return false;
  const length = /content-length: (\d+)/i.exec(bytes.toString("latin1", 0, headEnd));
  if (length !== null) return bytes.length >= headEnd + 4 + Number(length[1]);
  return bytes.subarray(-5).equals(Buffer.from("0\r\n\r\n"));
}

/** One connection until the time or the count is over; answers that are not 200 are errors. */
function client(
  options: LoadOptions,
  request: Buffer,
  state: { latenciesMs: number[]; errors: number; left: number; endsAtMs: number },
): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true });
    let [parts, startedAtMs] = [[] as Buffer[], 0];
    const next = () => {
      if (state.left <= 0 || performance.now() >= state.endsAtMs) return socket.end();
      state.left -= 1;
      parts = [];
      startedAtMs = performance.now();
      return socket.write(request);
    };
    socket.on("connect", next);
    socket.on("data", (data: Buffer) => {
      parts.push(data);
      // A stream's parts are only put together when the last one may be the end.
      if (parts.length > 1 && !data.subarray(-5).equals(Buffer.from("0\r\n\r\n")) && !data.includes("}"))
        return;
      const bytes = parts.length === 1 ? data : Buffer.concat(parts);
      if (!whole(bytes)) return;
      state.latenciesMs.push(performance.now() - startedAtMs);
      if (!bytes.subarray(0, 12).toString("latin1").endsWith("200")) state.errors += 1;
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
