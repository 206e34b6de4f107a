/** `npm run bench`: the Worker beside a bare pass-through, on raw workerd, the same upstream, rounds interleaved. */
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { integer } from "../scripts/cli/arguments.ts";
import { freePort } from "../scripts/shared/free-port.ts";
import { runScript } from "../scripts/shared/script.ts";
import { heapMiB } from "./heap.ts";
import { type LoadResult, load, quantile } from "./load.ts";
import { seed } from "./seed.ts";
import { STREAM_CHUNKS, startUpstream } from "./upstream.ts";
import {
  type Running,
  type Secrets,
  bundle,
  cpuSeconds,
  residentMiB,
  serveRouter,
  serveYardstick,
} from "./workerd.ts";

const BENCH = {
  command: "npm run bench",
  summary:
    "The Worker beside a bare pass-through on raw workerd; tables here and JSON in bench/results/latest.json.",
  flags: {
    quick: { value: null, help: "one round: about a minute instead of four" },
    rounds: { value: "N", help: "rounds of each measurement (6)", problem: integer(1, 1000) },
    seconds: { value: "N", help: "length of a round (1)", problem: integer(1, 600) },
  },
};
type Pace = { readonly rounds: number; readonly seconds: number };
/** Many short rounds, so that what else the machine does falls on all alike. */
const ROUNDS = { quick: 1, full: 6 } as const;
const CONNECTIONS = [1, 16, 64] as const;
/** Aims: CPU of a request, as a multiple of the pass-through's. */
const AIMS = { json: 1.35, stream: 2 } as const;

const PROMPT =
  "Is the sentiment of this review positive or negative? Answer with one word. Review: the battery lasted a week, then the screen went dark and nobody answered my mails.";
const bodyOf = (stream: boolean) =>
  JSON.stringify({
    model: "auto",
    messages: [{ role: "user", content: PROMPT }],
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  });

type Kind = keyof typeof AIMS;
type Measured = LoadResult & { readonly cpuMicroseconds: number };
type Row = {
  readonly kind: Kind;
  readonly connections: number;
  readonly who: string;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicroseconds: number;
  readonly errors: number;
};

type Load = {
  readonly key: string;
  readonly kind: Kind;
  readonly connections: number;
  readonly seconds: number;
};

async function measure(server: Running, { key, kind, connections, seconds }: Load): Promise<Measured> {
  const before = cpuSeconds(server.pid);
  const result = await load({
    port: server.port,
    path: "/v1/chat/completions",
    key,
    body: bodyOf(kind === "stream"),
    connections,
    seconds,
  });
  return {
    ...result,
    cpuMicroseconds: ((cpuSeconds(server.pid) - before) * 1e6) / Math.max(1, result.requests),
  };
}

function rowOf(kind: Kind, connections: number, who: string, rounds: readonly Measured[]): Row {
  const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs);
  const requests = rounds.reduce((sum, round) => sum + round.requests, 0);
  return {
    kind,
    connections,
    who,
    requestsPerSecond: Math.round(requests / rounds.reduce((sum, round) => sum + round.seconds, 0)),
    p50Ms: Number(quantile(latencies, 0.5).toFixed(2)),
    p99Ms: Number(quantile(latencies, 0.99).toFixed(2)),
    cpuMicroseconds: Math.round(
      rounds.reduce((sum, round) => sum + round.cpuMicroseconds * round.requests, 0) / requests,
    ),
    errors: rounds.reduce((sum, round) => sum + round.errors, 0),
  };
}

/** What is measured must be right first. */
async function verify(server: Running, key: string): Promise<void> {
  for (const stream of [false, true]) {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: bodyOf(stream),
    });
    const text = await answer.text();
    const events = text.split("\n\n").filter((event) => event.startsWith("data: {")).length;
    if (answer.status !== 200 || (stream && events !== STREAM_CHUNKS))
      throw new Error(
        `wrong answer before measuring: ${answer.status}, ${events} events: ${text.slice(0, 300)}`,
      );
  }
}

/** A Worker of its own, with an inspector: 10,000 requests, half of them streams, then a full collection. */
async function heapAfter(secrets: Secrets, upstreamPort: number) {
  const inspectorPort = await freePort();
  const router = await serveRouter(secrets, inspectorPort);
  try {
    await seed(router.port, upstreamPort, secrets.ADMIN_TOKEN);
    const before = await heapMiB(inspectorPort);
    for (const stream of [false, true]) {
      await load({
        port: router.port,
        path: "/v1/chat/completions",
        key: secrets.DEV_API_KEY,
        body: bodyOf(stream),
        connections: 16,
        seconds: 120,
        requestsMax: 5_000,
      });
    }
    const after = await heapMiB(inspectorPort);
    return { heapMiBBefore: Number(before.toFixed(1)), heapMiBAfter: Number(after.toFixed(1)) };
  } finally {
    router.process.kill();
  }
}

async function main({ rounds: count, seconds }: Pace): Promise<void> {
  const size = bundle();
  const upstream = await startUpstream();
  const secrets = {
    ADMIN_TOKEN: randomBytes(24).toString("hex"),
    DEV_API_KEY: randomBytes(24).toString("hex"),
    KEY_PEPPER: randomBytes(24).toString("hex"),
  };
  const pass = await serveYardstick("passthrough", upstream.port);
  const least = await serveYardstick("least", upstream.port);
  const router = await serveRouter(secrets);
  try {
    await seed(router.port, upstream.port, secrets.ADMIN_TOKEN);
    const servers = [
      ["pass-through", pass],
      ["least gateway", least],
      ["pointsman", router],
    ] as const;
    for (const [, server] of servers) await verify(server, secrets.DEV_API_KEY);
    for (const [, server] of servers)
      await load({
        port: server.port,
        path: "/v1/chat/completions",
        key: secrets.DEV_API_KEY,
        body: bodyOf(false),
        connections: 16,
        seconds: 1,
      });
    const rows: Row[] = [];
    for (const kind of ["json", "stream"] as const) {
      for (const connections of CONNECTIONS) {
        const rounds = new Map<string, Measured[]>(servers.map(([who]) => [who, []]));
        for (let round = 0; round < count; round += 1) {
          for (const [who, server] of servers)
            rounds
              .get(who)
              ?.push(await measure(server, { key: secrets.DEV_API_KEY, kind, connections, seconds }));
        }
        for (const [who] of servers) rows.push(rowOf(kind, connections, who, rounds.get(who) ?? []));
      }
    }
    report(rows, {
      rounds: count,
      seconds,
      bundle: size,
      startMs: { pointsman: Math.round(router.startMs), passthrough: Math.round(pass.startMs) },
      residentMiB: {
        pointsman: Math.round(residentMiB(router.pid)),
        passthrough: Math.round(residentMiB(pass.pid)),
      },
      after10000Requests: await heapAfter(secrets, upstream.port),
    });
  } finally {
    for (const { process: child } of [pass, least, router]) child.kill();
    upstream.server.close();
    upstream.server.unref();
  }
}

function report(rows: readonly Row[], facts: Readonly<Record<string, unknown>>): void {
  console.table(rows);
  const ratios = (["json", "stream"] as const).flatMap((kind) =>
    CONNECTIONS.map((connections) => {
      const of = (who: string) =>
        rows.find((row) => row.kind === kind && row.connections === connections && row.who === who)
          ?.cpuMicroseconds ?? Number.NaN;
      const ratio = (who: string) => Number((of(who) / of("pass-through")).toFixed(2));
      return {
        kind,
        connections,
        leastGateway: ratio("least gateway"),
        pointsman: ratio("pointsman"),
        aim: AIMS[kind],
      };
    }),
  );
  console.table(ratios);
  console.log(JSON.stringify(facts));
  mkdirSync("bench/results", { recursive: true });
  const machine = { cores: availableParallelism(), node: process.version };
  writeFileSync(
    "bench/results/latest.json",
    `${JSON.stringify({ at: new Date().toISOString(), machine, ...facts, ratios, rows }, null, 2)}\n`,
  );
}

await runScript(BENCH, async (given) => {
  const rounds = given.get("rounds")?.[0] ?? (given.has("quick") ? ROUNDS.quick : ROUNDS.full);
  await main({ rounds: Number(rounds), seconds: Number(given.get("seconds")?.[0] ?? 1) });
  process.exit(0);
});
