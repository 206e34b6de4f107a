/** What the tests of the simulated pool share. */
import { expect } from "vitest";
import { z } from "zod";
import { startSimulatedPool, type SimulatedPoolOptions } from "../../scripts/simulated-pool.ts";

const closers: (() => Promise<void>)[] = [];

/** Stops every pool that the test started. */
export async function closePools(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}

/** A pool on a free port, and short ways to talk to it. */
export async function start(options: SimulatedPoolOptions = {}) {
  const pool = await startSimulatedPool({ speed: 5000, random: () => 0.5, ...options });
  closers.push(() => pool.close());
  const origin = `http://127.0.0.1:${pool.port}`;
  const post = (path: string, body: unknown, signal?: AbortSignal) =>
    fetch(`${origin}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
  const chat = (fields: object, signal?: AbortSignal) =>
    post(
      "/v1/chat/completions",
      { model: "llama-3.2-3b-instruct", messages: say("Say 12 words"), ...fields },
      signal,
    );
  const counters = async () => countersSchema.parse(await (await fetch(`${origin}/simulation`)).json());
  const fault = (kind: string, count?: number) => post("/simulation/faults", { kind, count });
  const text = async (path: string) => (await fetch(`${origin}${path}`)).text();
  return { pool, post, chat, counters, fault, text };
}

/** A conversation of one question. */
export const say = (content: string) => [{ role: "user" as const, content }];

/** Time that passes only when the test says so. */
export function heldClock() {
  const wakers = new Set<() => void>();
  let held = true;
  return {
    clock: {
      nowMs: () => 0,
      sleep: (_delayMs: number, signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          if (!held) setImmediate(resolve);
          else wakers.add(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        }),
    },
    release: () => {
      held = false;
      for (const wake of wakers) wake();
      wakers.clear();
    },
  };
}

const countersSchema = z.object({
  requests: z.number(),
  completed: z.number(),
  cancelled: z.number(),
  rejected: z.number(),
  faulted: z.number(),
  running: z.number(),
  queued: z.number(),
  fault: z.string(),
});

const usageSchema = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  total_tokens: z.number(),
});
const answerSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string(),
        message: z.object({
          content: z.string().nullable(),
          tool_calls: z
            .array(z.object({ function: z.object({ name: z.string(), arguments: z.string() }) }))
            .optional(),
        }),
      }),
    )
    .length(1),
  usage: usageSchema,
});
const chunkSchema = z.object({
  choices: z.array(
    z.object({
      delta: z.object({ role: z.string().optional(), content: z.string().nullish() }),
      finish_reason: z.string().nullable(),
    }),
  ),
  usage: usageSchema.optional(),
});
export const errorSchema = z.object({
  error: z.object({ message: z.string(), type: z.string(), param: z.null(), code: z.number() }),
});

export const readAnswer = async (response: Response) => {
  const answer = answerSchema.parse(await response.json());
  const [choice] = answer.choices;
  return { content: choice?.message.content ?? null, choice, usage: answer.usage };
};

export const readEvents = async (response: Response) => {
  const events = (await response.text()).split("\n\n").filter((event) => event !== "");
  expect(events.at(-1)).toBe("data: [DONE]");
  return events.slice(0, -1).map((event) => chunkSchema.parse(JSON.parse(event.slice("data: ".length))));
};
