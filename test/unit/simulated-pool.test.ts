import OpenAI from "openai";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { startSimulatedPool, type SimulatedPoolOptions } from "../../scripts/simulated-pool.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function start(options: SimulatedPoolOptions = {}) {
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

const say = (content: string) => [{ role: "user" as const, content }];

/** Time that passes only when the test says so. */
function heldClock() {
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
const errorSchema = z.object({
  error: z.object({ message: z.string(), type: z.string(), param: z.null(), code: z.number() }),
});

const readAnswer = async (response: Response) => {
  const answer = answerSchema.parse(await response.json());
  const [choice] = answer.choices;
  return { content: choice?.message.content ?? null, choice, usage: answer.usage };
};

const readEvents = async (response: Response) => {
  const events = (await response.text()).split("\n\n").filter((event) => event !== "");
  expect(events.at(-1)).toBe("data: [DONE]");
  return events.slice(0, -1).map((event) => chunkSchema.parse(JSON.parse(event.slice("data: ".length))));
};

describe("answers", () => {
  it("says plainly that it is simulated, and counts what it says", async () => {
    const { chat } = await start({ count: 0.4 });
    const { content, choice, usage } = await readAnswer(await chat({}));
    expect(content).toMatch(/^\[simulated llama-3\.2-3b-instruct on altra-q80\] /);
    expect(content?.split(" ")).toHaveLength(16);
    expect(choice?.finish_reason).toBe("stop");
    expect(usage).toEqual({ prompt_tokens: 7, completion_tokens: 16, total_tokens: 23 });
  });

  it("gives the same prompt the same answer", async () => {
    const { chat } = await start();
    const first = await readAnswer(await chat({ messages: say("Tell me of the sea") }));
    const second = await readAnswer(await chat({ messages: say("Tell me of the sea") }));
    expect(second.content).toBe(first.content);
  });

  it.each([
    ["What is the sentiment of this review? One word.", 5, 7],
    ["Write an essay on rivers", 304, 704],
    ["Write 50 words on rivers", 54, 54],
  ])("fits the length to the question: %s", async (question, least, most) => {
    const { chat } = await start();
    const { usage } = await readAnswer(await chat({ messages: say(question) }));
    expect(usage.completion_tokens).toBeGreaterThanOrEqual(least);
    expect(usage.completion_tokens).toBeLessThanOrEqual(most);
  });

  it.each(["max_tokens", "max_completion_tokens"])("stops at %s", async (limit) => {
    const { chat } = await start();
    const { choice, usage } = await readAnswer(await chat({ [limit]: 3 }));
    expect(choice?.finish_reason).toBe("length");
    expect(usage.completion_tokens).toBe(3);
  });

  it("calls a tool when one is required", async () => {
    const { chat } = await start();
    const parameters = {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
    };
    const tools = [{ type: "function", function: { name: "weather", parameters } }];
    const { choice } = await readAnswer(await chat({ tools, tool_choice: "required" }));
    const call = choice?.message.tool_calls?.[0]?.function;
    expect(choice?.finish_reason).toBe("tool_calls");
    expect(call?.name).toBe("weather");
    expect(JSON.parse(call?.arguments ?? "")).toEqual({ city: "simulated", days: 1 });
  });

  it("answers with JSON when asked to", async () => {
    const { chat } = await start();
    const free = await readAnswer(await chat({ response_format: { type: "json_object" } }));
    expect(JSON.parse(free.content ?? "")).toMatchObject({ simulated: true });
    const schema = {
      type: "object",
      properties: { mood: { enum: ["good", "bad"] }, tags: { type: "array" } },
    };
    const shaped = await readAnswer(
      await chat({ response_format: { type: "json_schema", json_schema: { schema } } }),
    );
    expect(JSON.parse(shaped.content ?? "")).toEqual({ mood: "good", tags: [] });
  });
});

describe("streams", () => {
  it.each([
    ["llama.cpp", null],
    ["vllm", ""],
  ] as const)("writes chunks as %s does, one a token", async (engine, firstContent) => {
    const { chat } = await start({ engine, hardware: "l4" });
    const chunks = await readEvents(await chat({ stream: true, stream_options: { include_usage: true } }));
    const [role, ...rest] = chunks;
    expect(role?.choices[0]?.delta).toEqual({ role: "assistant", content: firstContent });
    const said = rest.filter((chunk) => (chunk.choices[0]?.delta.content ?? "") !== "");
    expect(said.map((chunk) => chunk.choices[0]?.delta.content).join("")).toMatch(/^\[simulated .* on l4\] /);
    expect(rest.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(rest.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: said.length } });
  });

  it("sends no usage unless it is asked for", async () => {
    const { chat } = await start();
    const chunks = await readEvents(await chat({ stream: true }));
    expect(chunks.some((chunk) => chunk.usage !== undefined)).toBe(false);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
  });
});

describe("the official openai package", () => {
  const client = (baseURL: string) => new OpenAI({ baseURL, apiKey: "unused", maxRetries: 0 });
  const body = { model: "llama-3.2-3b-instruct", messages: say("Say 20 words") };

  it("reads a whole answer", async () => {
    const { pool } = await start();
    const answer = await client(pool.url).chat.completions.create(body);
    expect(answer.choices[0]?.message.content?.split(" ")).toHaveLength(24);
    expect(answer.usage?.completion_tokens).toBe(24);
  });

  it("reads a stream, and a streamed tool call", async () => {
    const { pool } = await start();
    const { completions } = client(pool.url).chat;
    const words = await completions
      .stream({ ...body, stream_options: { include_usage: true } })
      .finalChatCompletion();
    expect(words.choices[0]?.message.content?.split(" ")).toHaveLength(24);
    expect(words.usage?.completion_tokens).toBe(24);
    const tools = [{ type: "function" as const, function: { name: "ping", parameters: { type: "object" } } }];
    const called = await completions
      .stream({ ...body, tools, tool_choice: "required" })
      .finalChatCompletion();
    expect(called.choices[0]?.message.tool_calls).toMatchObject([
      { function: { name: "ping", arguments: "{}" } },
    ]);
  });
});

describe("refusals", () => {
  it.each([
    ["no JSON", "{"],
    ["no messages", { model: "m", messages: [] }],
    ["two answers", { messages: say("hello"), n: 2 }],
    ["a message without a role", { messages: [{ content: "hello" }] }],
  ])("answers 400 in OpenAI's shape to %s", async (_name, body) => {
    const { post, counters } = await start();
    const response = await post("/v1/chat/completions", body);
    expect(response.status).toBe(400);
    expect(errorSchema.parse(await response.json()).error.code).toBe(400);
    expect(await counters()).toMatchObject({ requests: 1, rejected: 1 });
  });

  it("refuses a prompt that is longer than the context", async () => {
    const { chat } = await start({ contextTokens: 10 });
    const response = await chat({ messages: say("a".repeat(100)) });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("context");
  });

  it("knows only its own model as vLLM, and any as llama.cpp", async () => {
    const vllm = await start({ engine: "vllm", hardware: "l4" });
    expect((await vllm.chat({ model: "other" })).status).toBe(404);
    const llama = await start();
    expect((await llama.chat({ model: "other" })).status).toBe(200);
  });
});

describe("slots and queue", () => {
  it("serves in order of arrival, and refuses what the queue cannot hold", async () => {
    const { clock, release } = heldClock();
    const { chat, counters, text } = await start({ slots: 1, queueMax: 1, clock });
    const first = chat({});
    await expect.poll(counters).toMatchObject({ running: 1 });
    const second = chat({});
    await expect.poll(counters).toMatchObject({ running: 1, queued: 1 });
    expect(await text("/metrics")).toContain("llamacpp:requests_deferred 1\n");
    expect(JSON.parse(await text("/slots"))).toMatchObject([{ id: 0, is_processing: true }]);
    expect((await chat({})).status).toBe(503);
    release();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(await counters()).toMatchObject({ requests: 3, completed: 2, rejected: 1, running: 0, queued: 0 });
  });

  it("frees the slot, and the place in the queue, of a client that leaves", async () => {
    const { clock, release } = heldClock();
    const { chat, counters } = await start({ slots: 1, clock });
    const leaver = new AbortController();
    const gone = [chat({ stream: true }, leaver.signal), chat({}, leaver.signal)];
    await expect.poll(counters).toMatchObject({ running: 1, queued: 1 });
    leaver.abort();
    expect((await Promise.allSettled(gone)).map((outcome) => outcome.status)).toEqual([
      "rejected",
      "rejected",
    ]);
    await expect.poll(counters).toMatchObject({ running: 0, queued: 0, cancelled: 2 });
    release();
    expect((await chat({})).status).toBe(200);
  });

  it("slows down as slots fill", async () => {
    const delays: number[] = [];
    const clock = {
      nowMs: () => 0,
      sleep: async (delayMs: number) => {
        delays.push(delayMs);
      },
    };
    const { chat } = await start({ speed: 1, clock });
    await chat({ max_tokens: 1 });
    const [prefillMs = 0, decodeMs = 0] = delays;
    // 7 tokens at about 240 a second, one token at about 21 a second: the whole altra-q80's roofline.
    expect(prefillMs).toBeGreaterThan(15);
    expect(prefillMs).toBeLessThan(60);
    expect(decodeMs).toBeGreaterThan(30);
    expect(decodeMs).toBeLessThan(70);
  });
});

describe("health and load", () => {
  it("speaks as llama.cpp", async () => {
    const { chat, text } = await start();
    await chat({ max_tokens: 5 });
    expect(JSON.parse(await text("/health"))).toEqual({ status: "ok" });
    const metrics = await text("/metrics");
    expect(metrics).toContain(
      "# TYPE llamacpp:tokens_predicted_total counter\nllamacpp:tokens_predicted_total 5\n",
    );
    expect(metrics).toContain("llamacpp:prompt_tokens_total 7\n");
    expect(metrics).toContain("llamacpp:n_busy_slots_per_decode 1\n");
    expect(JSON.parse(await text("/v1/models"))).toMatchObject({ data: [{ meta: { n_ctx_train: 131072 } }] });
  });

  it("speaks as vLLM", async () => {
    const { chat, text } = await start({ engine: "vllm", hardware: "l4" });
    await chat({ max_tokens: 5 });
    expect(await text("/health")).toBe("");
    const label = '{engine="0",model_name="llama-3.2-3b-instruct"}';
    const metrics = await text("/metrics");
    expect(metrics).toContain("# HELP vllm:num_requests_running ");
    expect(metrics).toContain(`vllm:num_requests_waiting${label} 0\n`);
    expect(metrics).toContain(`vllm:kv_cache_usage_perc${label} 0\n`);
    expect(metrics).toContain(`vllm:generation_tokens_total${label} 5\n`);
    expect(JSON.parse(await text("/v1/models"))).toMatchObject({ data: [{ max_model_len: 131072 }] });
  });
});

describe("faults", () => {
  it.each([
    ["error_500", 500],
    ["too_many_429", 429],
    ["unauthorized_401", 401],
    ["bad_request_400", 400],
  ])("%s answers %i, as often as ordered", async (kind, status) => {
    const { chat, fault, counters } = await start();
    await fault(kind, 1);
    const response = await chat({});
    expect(response.status).toBe(status);
    expect(errorSchema.parse(await response.json()).error.code).toBe(status);
    expect((await chat({})).status).toBe(200);
    expect(await counters()).toMatchObject({ requests: 2, completed: 1, faulted: 1, fault: "none" });
  });

  it("stays until changed when no count is given", async () => {
    const { chat, fault } = await start();
    await fault("error_500");
    expect([(await chat({})).status, (await chat({})).status]).toEqual([500, 500]);
    await fault("none");
    expect((await chat({})).status).toBe(200);
    expect((await fault("unheard_of")).status).toBe(400);
  });

  it("refuse closes the connection without an answer", async () => {
    const { chat, fault } = await start();
    await fault("refuse");
    await expect(chat({})).rejects.toThrow("fetch failed");
  });

  it("hang never answers", async () => {
    const { chat, fault, counters } = await start();
    await fault("hang");
    const leaver = new AbortController();
    const hanging = chat({}, leaver.signal);
    await expect.poll(counters).toMatchObject({ requests: 1, running: 0 });
    leaver.abort();
    await expect(hanging).rejects.toThrow("aborted");
    await expect.poll(counters).toMatchObject({ faulted: 1 });
  });

  it("cut_mid_stream breaks off after a few chunks of content", async () => {
    const { chat, fault, counters } = await start();
    await fault("cut_mid_stream");
    const response = await chat({ stream: true });
    expect(response.status).toBe(200);
    const decoder = new TextDecoder();
    let received = "";
    const readAll = async () => {
      for await (const part of response.body ?? []) received += decoder.decode(part, { stream: true });
    };
    await expect(readAll()).rejects.toThrow("terminated");
    expect(received.split("\n\n").filter((event) => event !== "")).toHaveLength(4);
    await expect((await chat({})).text()).rejects.toThrow("terminated");
    expect(await counters()).toMatchObject({ faulted: 2, running: 0 });
  });

  it("ok_then_error sends an error under a 200", async () => {
    const { chat, fault } = await start();
    await fault("ok_then_error");
    const whole = await chat({});
    expect(whole.status).toBe(200);
    expect(errorSchema.parse(await whole.json()).error.code).toBe(500);
    const stream = await chat({ stream: true });
    expect(stream.headers.get("content-type")).toBe("text/event-stream");
    expect(await stream.text()).toMatch(/^data: \{"error":\{/);
  });
});
