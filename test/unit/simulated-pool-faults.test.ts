import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createEngine } from "../../scripts/simulation/engine.ts";
import { FAULTS } from "../../scripts/simulation/faults.ts";
import { simulationOptionsSchema } from "../../scripts/simulation/options.ts";
import { closePools, errorSchema, heldClock, say, start } from "./simulated-pool-harness.ts";

afterEach(closePools);

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

  it("takes the roofline's time, and more of it a token as slots fill", async () => {
    const delays: number[] = [];
    const clock = {
      nowMs: () => 0,
      sleep: (delayMs: number) =>
        new Promise<void>((resolve) => {
          delays.push(delayMs);
          setImmediate(resolve);
        }),
    };
    const options = simulationOptionsSchema.parse({ slots: 8 });
    const engine = createEngine(options, { clock, random: () => 0.5 });
    const work = {
      promptTokens: 4000,
      pieces: ["a"],
      signal: new AbortController().signal,
      send: async () => {},
    };
    expect(await engine.run(work)).toBe("done");
    const [prefillMs = 0, aloneMs = 0] = delays.splice(0);
    // A whole altra-q80 by its roofline: about 240 prompt tokens and 20 answer tokens a second.
    expect(prefillMs).toBeCloseTo(4000 / 0.2397, -2);
    expect(aloneMs).toBeCloseTo(54, 0);
    await Promise.all(Array.from({ length: 8 }, () => engine.run(work)));
    expect(Math.max(...delays.slice(8))).toBeGreaterThan(1.5 * aloneMs);
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

it("docs/simulated-pools.md tells of every fault, and of no other", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/simulated-pools.md"), "utf8");
  const told = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, kind]) => kind);
  expect(new Set(told)).toEqual(new Set(FAULTS));
});
