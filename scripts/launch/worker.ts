/** The Worker under `wrangler dev`: its port, its database, its first sign of life. */
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Crew, Job, Member } from "./crew.ts";

const READY_WITHIN_MS = 90_000;
const CHECK_EVERY_MS = 200;
const CHECK_TIMEOUT_MS = 5000;

/** Whether something else listens on the port, on either loopback address: clients say `localhost`. */
export async function portIsTaken(port: number): Promise<boolean> {
  const taken = await Promise.all(["127.0.0.1", "::1"].map((host) => cannotListen(port, host)));
  return taken.includes(true);
}

function cannotListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 fails for another reason, and no client reaches it that way.
    server.once("error", (error) => resolve("code" in error && error.code === "EADDRINUSE"));
    server.listen(port, host, () => server.close(() => resolve(false)));
  });
}

/** Where the router of one port keeps its registry, its log and its database: two routers of one checkout are two. */
export const homeOf = (root: string, port: number): string => join(root, ".wrangler", "local", String(port));

export type Places = { readonly root: string; readonly home: string };

function wranglerJob({ root, home }: Places, name: string, args: readonly string[]): Job {
  const leash = fileURLToPath(new URL("./leash.ts", import.meta.url).href);
  const wrangler = join(root, "node_modules", "wrangler", "bin", "wrangler.js");
  return {
    name,
    cwd: root,
    args: [leash, wrangler, ...args, "--persist-to", join(home, "state")],
    env: {
      CI: "1",
      FORCE_COLOR: "0",
      WRANGLER_SEND_METRICS: "false",
      // The registry of running Workers is one per machine otherwise, and another checkout's would be found.
      WRANGLER_REGISTRY_PATH: join(home, "registry"),
    },
  };
}

/** Brings the local D1 database to the newest migration. */
export async function migrate(crew: Crew, places: Places): Promise<void> {
  const member = crew.spawn(
    wranglerJob(places, "migrations", ["d1", "migrations", "apply", "LOG", "--local"]),
  );
  const ended = await member.exited;
  if (ended !== "exit code 0")
    throw new Error(`the database's migrations failed (${ended}):\n${member.tail()}`);
}

/** Starts the Worker; it may not answer yet. */
export function startWorker(crew: Crew, places: Places, port: number): Member {
  const args = ["dev", "--port", String(port), "--ip", "127.0.0.1", "--inspector-port", "0"];
  return crew.spawn(wranglerJob(places, "worker", [...args, "--show-interactive-dev-session=false"]));
}

/** Waits until the Worker answers `GET /healthz` with 200. */
export async function untilHealthy(origin: string, worker: Member): Promise<void> {
  let last = "no answer";
  const endsAtMs = performance.now() + READY_WITHIN_MS;
  while (performance.now() < endsAtMs) {
    try {
      const response = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) });
      last = `${response.status} ${await response.text()}`;
      if (response.status === 200) return;
    } catch (error) {
      last = error instanceof Error ? error.message : "no answer";
    }
    await delay(CHECK_EVERY_MS);
  }
  throw new Error(
    `the Worker was not healthy within ${READY_WITHIN_MS / 1000} s (${last}):\n${worker.tail()}`,
  );
}
