/** The proof that a local start works: one real request through the router. */
import { setTimeout as delay } from "node:timers/promises";

const RETRY_WITHIN_MS = 15_000;
const RETRY_EVERY_MS = 500;
/** A real engine may load its model first. */
const ANSWER_WITHIN_MS = 120_000;

export const FIRST_BODY = {
  model: "auto",
  max_tokens: 32,
  messages: [
    {
      role: "user",
      content:
        "Is the sentiment of this review positive or negative? Answer with one word. Review: great battery!",
    },
  ],
};

export type FirstAnswer = { readonly pool: string; readonly reason: string; readonly costUsd: string };

async function ask(origin: string, apiKey: string): Promise<FirstAnswer | { readonly problem: string }> {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${apiKey}` },
    body: JSON.stringify(FIRST_BODY),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const text = await response.text();
  if (response.status !== 200) return { problem: `${response.status} ${text}` };
  const header = (name: string) => response.headers.get(`x-pointsman-${name}`) ?? "?";
  return { pool: header("pool"), reason: header("reason"), costUsd: header("cost-usd") };
}

/** Sends the first request until it passes; throws what the last one said when none does. */
export async function firstRequest(origin: string, apiKey: string): Promise<FirstAnswer> {
  const endsAtMs = performance.now() + RETRY_WITHIN_MS;
  let problem = "no answer";
  do {
    try {
      const answer = await ask(origin, apiKey);
      if (!("problem" in answer)) return answer;
      ({ problem } = answer);
    } catch (error) {
      problem = error instanceof Error ? error.message : "no answer";
    }
    await delay(RETRY_EVERY_MS);
  } while (performance.now() < endsAtMs);
  throw new Error(`the first request did not pass: ${problem}`);
}
