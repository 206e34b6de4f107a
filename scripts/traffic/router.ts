/** `npm start` as a child of a script: its address and key, and its end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { homeOf } from "../launch/worker.ts";
import { freePort } from "../shared/free-port.ts";

export type RunningRouter = {
  readonly origin: string;
  readonly apiKey: string;
  readonly stop: () => Promise<void>;
};

const READY = "Ctrl-C stops everything.";

/** Starts the router in front of these base URLs; rejects with what it printed when it ends before it is ready. */
export async function startRouter(root: string, urls: readonly string[]): Promise<RunningRouter> {
  const port = await freePort();
  const args = [join(root, "scripts", "start.ts"), ...urls.flatMap((url) => ["--pool", `${url}=cpu`])];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (printed.includes(READY)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`the router ended with ${code}: ${printed}`)));
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    apiKey: /^API key +(\S+)$/m.exec(printed)?.[1] ?? "",
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      rmSync(homeOf(root, port), { recursive: true, force: true });
    },
  };
}
