/** Prompts through the official `openai` package, every second one streamed, so many at a time. */
import OpenAI from "openai";

export type Line = {
  readonly at: number;
  readonly ok: boolean;
  readonly pool: string;
  readonly task: string;
  readonly reason: string;
  readonly ms: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly error: string;
  /** True when it failed after its first content: nothing could take over. */
  readonly cut: boolean;
};

export type Sending = {
  readonly client: OpenAI;
  readonly prompts: readonly string[];
  readonly count: number;
  readonly parallel: number;
  /** Fields that every request carries beside its messages. */
  readonly more: Readonly<Record<string, unknown>>;
  /** Called before the request of that index is sent. */
  readonly before: (index: number) => Promise<void>;
};

export const clientOf = (url: string, apiKey: string): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, timeout: 600_000 });

/** Sends all and waits for all; a request that fails is a line like the others. */
export async function sendAll(sending: Sending): Promise<Line[]> {
  const lines: Line[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < sending.count; index = next++) {
      await sending.before(index);
      lines.push(await sendOne(sending, index));
    }
  };
  await Promise.all(Array.from({ length: sending.parallel }, work));
  return lines;
}

async function sendOne({ client, prompts, more }: Sending, index: number): Promise<Line> {
  const startedAt = Date.now();
  const content = prompts[index % prompts.length] ?? "hi";
  const body = { model: "auto", messages: [{ role: "user" as const, content }], ...more };
  const facts = { pool: "none", task: "none", reason: "none", promptTokens: 0, answerTokens: 0, cut: false };
  const read = (headers: Headers) =>
    Object.assign(facts, {
      pool: headers.get("x-pointsman-pool"),
      task: headers.get("x-pointsman-task"),
      reason: headers.get("x-pointsman-reason"),
    });
  const count = (usage: OpenAI.CompletionUsage | null | undefined) => {
    facts.promptTokens = usage?.prompt_tokens ?? facts.promptTokens;
    facts.answerTokens = usage?.completion_tokens ?? facts.answerTokens;
  };
  try {
    if (index % 2 === 0) {
      const { data, response } = await client.chat.completions.create(body).withResponse();
      read(response.headers);
      count(data.usage);
    } else {
      const streamed = { ...body, stream: true as const, stream_options: { include_usage: true } };
      const { data, response } = await client.chat.completions.create(streamed).withResponse();
      read(response.headers);
      for await (const chunk of data) {
        facts.cut = true;
        count(chunk.usage);
      }
      facts.cut = false;
    }
    if (facts.answerTokens === 0) throw new Error("an answer without usage");
    return { at: startedAt, ok: true, ms: Date.now() - startedAt, error: "", ...facts };
  } catch (error) {
    if (error instanceof OpenAI.APIError && error.headers !== undefined) read(error.headers);
    const message = error instanceof Error ? error.message.slice(0, 160) : "unknown";
    return { at: startedAt, ok: false, ms: Date.now() - startedAt, error: message, ...facts };
  }
}

/** How many lines have each value. */
export function tally(lines: readonly Line[], read: (line: Line) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) counts[read(line)] = (counts[read(line)] ?? 0) + 1;
  return counts;
}

/** Prints how many were answered, by which pools, why, and what failed. */
export function printLines(lines: readonly Line[], seconds: number): void {
  const failed = lines.filter(({ ok }) => !ok);
  const cut = failed.filter((line) => line.cut).length;
  console.log(
    `${lines.length} requests in ${seconds.toFixed(1)} s: ${lines.length - failed.length} answered, ${failed.length} failed (${cut} of them cut after their first content)`,
  );
  console.log(
    "per pool",
    tally(lines, ({ pool }) => pool),
  );
  console.log(
    "per reason",
    tally(lines, ({ reason }) => reason),
  );
  for (const [error, times] of Object.entries(tally(failed, ({ error: text }) => text)))
    console.log(`${times} x ${error}`);
}
