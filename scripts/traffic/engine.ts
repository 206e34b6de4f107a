/** A llama.cpp server that can be killed and started again on the same port. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../shared/free-port.ts";

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
const SLOTS = 4;
const CONTEXT_TOKENS = 8192;

export type Counted = { readonly promptTokens: number; readonly answerTokens: number };
export type RunningEngine = {
  /** The base URL, ending in /v1. */
  readonly url: string;
  /** What `npm start` calls the pool of that URL. */
  readonly poolId: string;
  readonly start: () => Promise<void>;
  readonly kill: () => Promise<void>;
  /** Counts from here on. */
  readonly reset: () => Promise<void>;
  /** Tokens by the server's own /metrics since the last reset, over all its lives. */
  readonly counted: () => Promise<Counted>;
};

const NOTHING: Counted = { promptTokens: 0, answerTokens: 0 };
const plus = (a: Counted, b: Counted, sign: 1 | -1): Counted => ({
  promptTokens: a.promptTokens + sign * b.promptTokens,
  answerTokens: a.answerTokens + sign * b.answerTokens,
});

async function readMetrics(origin: string): Promise<Counted> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^llamacpp:${name} (\\S+)$`, "m").exec(text)?.[1] ?? 0);
  return { promptTokens: value("prompt_tokens_total"), answerTokens: value("tokens_predicted_total") };
}

async function untilReady(origin: string): Promise<void> {
  const endsAtMs = performance.now() + READY_WITHIN_MS;
  while (performance.now() < endsAtMs) {
    const ready = await fetch(`${origin}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`${origin} was not ready within ${READY_WITHIN_MS / 1000} s`);
}

/** Starts a server of the model on a free port of loopback. */
export async function startEngine(binary: string, model: string): Promise<RunningEngine> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  let [earlier, from] = [NOTHING, NOTHING];
  const total = async () => plus(earlier, child === null ? NOTHING : await readMetrics(origin), 1);
  const start = async () => {
    const given = ["-m", model, "--host", "127.0.0.1", "--port", String(port), "-c", String(CONTEXT_TOKENS)];
    child = spawn(binary, [...given, "-np", String(SLOTS), "-t", "1", "--metrics"], { stdio: "ignore" });
    await untilReady(origin);
  };
  const kill = async () => {
    if (child === null) return;
    const going = child;
    earlier = await total();
    child = null;
    const ended = once(going, "exit");
    going.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    url: `${origin}/v1`,
    poolId: `127.0.0.1-${port}`,
    start,
    kill,
    reset: async () => {
      from = await total();
    },
    counted: async () => plus(await total(), from, -1),
  };
}
