/** Raw `workerd serve` with the built Worker or a pass-through: no proxy of a development server in between. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { z } from "zod";
import { bundle as bundleInto } from "../scripts/deploy/bundle.ts";
import { freePort } from "../scripts/shared/free-port.ts";

/** wrangler's own workerd: the package says where its binary is. */
const require = createRequire(import.meta.resolve("wrangler/package.json"));
const workerdBinary = z.object({ default: z.string() }).parse(require("workerd")).default;

const BUILD = "bench/.build";
const CLOCK_TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
const FLAGS =
  'compatibilityDate = "2026-10-20", compatibilityFlags = ["enable_request_signal"], globalOutbound = "net"';

export type Running = {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly port: number;
  readonly startMs: number;
};

/** Bundles the Worker as a deployment would, and tells its size in bytes. */
export function bundle(): { raw: number; gzip: number } {
  const { rawBytes, gzipBytes } = bundleInto(BUILD);
  return { raw: rawBytes, gzip: gzipBytes };
}

const text = (name: string, value: string) => `(name = "${name}", text = "${value}")`;
const inline = (name: string, code: string) =>
  `(name = "${name}", worker = (modules = [(name = "main", esModule = ${JSON.stringify(code)})], compatibilityDate = "2026-10-20"))`;

/** KV that has nothing and takes everything; a queue that takes everything: what they do behind the binding is not ours to measure. */
const KV = 'export default { fetch: (r) => new Response(null, { status: r.method === "GET" ? 404 : 200 }) }';
const QUEUE =
  "export default { fetch: async (r) => { await r.arrayBuffer(); return Response.json({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } }); } }";

function config(main: string, port: number): string {
  const disk = mkdtempSync(join(tmpdir(), "pointsman-bench-"));
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ ${main}, ${inline("kv", KV)}, ${inline("queue", QUEUE)}, (name = "net", network = (allow = ["public", "private", "local"])), (name = "disk", disk = (path = ${JSON.stringify(disk)}, writable = true)) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ]
);
`;
}

export type Secrets = {
  readonly ADMIN_TOKEN: string;
  readonly DEV_API_KEY: string;
  readonly KEY_PEPPER: string;
};

const router = (secrets: Secrets): string => `(name = "main", worker = (
  modules = [(name = "index.js", esModule = embed "index.js")], ${FLAGS},
  bindings = [ (name = "SNAPSHOT", kvNamespace = "kv"), (name = "DECISIONS", queue = "queue"), (name = "REGISTRY", durableObjectNamespace = "RegistryObject"),
    ${[...Object.entries(secrets), ["ALLOW_INSECURE_LOOPBACK", "true"], ["OWN_HOSTS", ""]].map(([name, value]) => text(name ?? "", value ?? "")).join(", ")} ],
  durableObjectNamespaces = [(className = "RegistryObject", uniqueKey = "registry", enableSql = true)], durableObjectStorage = (localDisk = "disk")))`;

const yardstick = (name: string, upstreamPort: number): string => `(name = "main", worker = (
  modules = [(name = "${name}.js", esModule = embed "${name}.js")], ${FLAGS}, bindings = [${text("UPSTREAM", `http://127.0.0.1:${upstreamPort}`)}]))`;

type Serving = { readonly name: string; readonly main: string; readonly probePath: string };

async function serve({ name, main, probePath }: Serving, inspectorPort?: number): Promise<Running> {
  const port = await freePort();
  const path = join(BUILD, `${name}.capnp`);
  writeFileSync(path, config(main, port));
  const log = openSync(join(BUILD, `${name}.log`), "w");
  const startedAtMs = performance.now();
  const inspector = inspectorPort === undefined ? [] : [`--inspector-addr=127.0.0.1:${inspectorPort}`];
  const child = spawn(workerdBinary, ["serve", path, "config", ...inspector], {
    stdio: ["ignore", log, log],
  });
  if (child.pid === undefined) throw new Error("workerd did not start");
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const answered = await fetch(`http://127.0.0.1:${port}${probePath}`)
      .then((answer) => answer.arrayBuffer())
      .then(
        () => true,
        () => false,
      );
    if (answered) return { process: child, pid: child.pid, port, startMs: performance.now() - startedAtMs };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${name} does not answer: see ${join(BUILD, `${name}.log`)}`);
}

/** The Worker under test; with `inspectorPort` its heap can be asked for, at a cost, so never while speed is measured. */
export const serveRouter = (secrets: Secrets, inspectorPort?: number): Promise<Running> =>
  serve({ name: "pointsman", main: router(secrets), probePath: "/healthz" }, inspectorPort);

/** A Worker to compare with: `passthrough` or `least`, as in this folder. */
export function serveYardstick(name: "passthrough" | "least", upstreamPort: number): Promise<Running> {
  writeFileSync(join(BUILD, `${name}.js`), readFileSync(`bench/${name}.js`));
  return serve({ name, main: yardstick(name, upstreamPort), probePath: "/" });
}

/** CPU seconds of a process, user and system, all its threads (proc(5), fields 14 and 15). */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

/** Resident memory in MiB. */
export const residentMiB = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES) / 1_048_576;
