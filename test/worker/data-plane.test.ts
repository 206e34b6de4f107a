import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ESSAY, KEY, SENTIMENT, TOKEN, admin, call, chatBody, errorOf, json, setUp } from "./world.ts";

const chat = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  call("/v1/chat/completions", { body, headers });
const completion = z.looseObject({
  choices: z.array(z.looseObject({ message: z.looseObject({ content: z.string() }) })),
  usage: z.looseObject({ prompt_tokens: z.number(), completion_tokens: z.number(), cost: z.number() }),
});

beforeAll(setUp);

describe("a chat completion", () => {
  it("sentiment is answered by the CPU pool, with the reason and what it cost", async () => {
    const answer = await chat(chatBody(SENTIMENT));
    const body = completion.parse(await answer.json());
    expect(answer.headers.get("x-pointsman-pool")).toBe("altra");
    expect(answer.headers.get("x-pointsman-task")).toBe("classification");
    expect(answer.headers.get("x-pointsman-reason")).toBe("cheapest_capable");
    expect(body.choices[0]?.message.content).toContain("simulated");
    expect(answer.headers.get("x-pointsman-cost-usd")).toBe(body.usage.cost.toFixed(9));
  });

  it("a long, hard generation is answered by the GPU pool", async () => {
    const answer = await chat(chatBody(ESSAY, { max_tokens: 3000 }));
    await answer.text();
    expect(answer.headers.get("x-pointsman-pool")).toBe("h100");
  });

  it.each([
    ["a model", "llama-3.1-70b-instruct", "h100", "pinned_model"],
    ["an alias", "small", "altra", "pinned_model"],
    ["a pool", "pool/h100", "h100", "pinned_pool"],
    ["a profile", "auto/cheap", "altra", "cheapest_capable"],
  ])("%s can be named", async (_what, model, pool, reason) => {
    const answer = await chat({ ...chatBody(SENTIMENT), model });
    await answer.text();
    expect([answer.headers.get("x-pointsman-pool"), answer.headers.get("x-pointsman-reason")]).toEqual([
      pool,
      reason,
    ]);
  });

  it("OpenRouter's fields are honoured and not passed on", async () => {
    const answer = await chat({
      ...chatBody(SENTIMENT),
      provider: { only: ["h100"], allow_fallbacks: false },
    });
    await answer.text();
    expect([answer.headers.get("x-pointsman-pool"), answer.headers.get("x-pointsman-reason")]).toEqual([
      "h100",
      "only_capable",
    ]);
  });

  it.each([
    ["x-pointsman-pools", "h100", "h100"],
    ["x-pointsman-profile", "cheap", "altra"],
    ["x-pointsman-min-quality", "0.99", "h100"],
    ["x-pointsman-max-ttft-ms", "100", "h100"],
  ])("%s: %s", async (name, value, pool) => {
    const answer = await chat(chatBody(SENTIMENT), { [name]: value });
    await answer.text();
    expect(answer.headers.get("x-pointsman-pool")).toBe(pool);
  });

  it("debug brings the whole decision along, and no prompt", async () => {
    const body = await json(await chat(chatBody(SENTIMENT), { "x-pointsman-debug": "true" }));
    const decision = z
      .looseObject({ targets: z.array(z.looseObject({ target: z.string() })) })
      .parse(body["pointsman"]);
    expect(decision.targets.map(({ target }) => target)).toEqual([
      "altra/llama-3.2-3b-instruct",
      "h100/llama-3.1-70b-instruct",
    ]);
    expect(JSON.stringify(decision)).not.toContain("soup");
  });
});

describe("a stream", () => {
  const events = (text: string) =>
    text
      .split("\n\n")
      .filter((event) => event.startsWith("data: "))
      .map((event) => event.slice(6));
  const chunk = z.looseObject({
    choices: z.array(z.unknown()),
    usage: z.looseObject({ completion_tokens: z.number(), cost: z.number() }).nullish(),
  });

  it("ends with the usage and its cost when the client asked for it", async () => {
    const answer = await chat(chatBody(SENTIMENT, { stream: true, stream_options: { include_usage: true } }));
    const all = events(await answer.text());
    expect(all.at(-1)).toBe("[DONE]");
    const last = chunk.parse(JSON.parse(all.at(-2) ?? ""));
    expect(last.choices).toEqual([]);
    expect(last.usage?.cost).toBeGreaterThan(0);
  });

  it("has no usage chunk when the client did not", async () => {
    const answer = await chat(chatBody(SENTIMENT, { stream: true }));
    const all = events(await answer.text());
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    expect(all.slice(0, -1).every((event) => chunk.parse(JSON.parse(event)).choices.length > 0)).toBe(true);
  });
});

describe("models and health", () => {
  it("lists auto, profiles, models, aliases and pools", async () => {
    const body = z
      .looseObject({ data: z.array(z.looseObject({ id: z.string() })) })
      .parse(await (await call("/v1/models")).json());
    expect(body.data.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["auto", "auto/fast", "llama-3.2-3b-instruct", "large", "pool/h100"]),
    );
  });
  it("tells of one, and refuses one that is not there", async () => {
    expect(await json(await call("/v1/models/pool%2Fh100"))).toMatchObject({
      id: "pool/h100",
      object: "model",
      pools: ["h100"],
    });
    expect(await errorOf(await call("/v1/models/gpt-9"))).toMatchObject({
      code: "model_not_found",
      param: "id",
    });
  });
  it("healthz needs no key", async () => {
    expect(await json(await call("/healthz", { headers: { authorization: "none" } }))).toMatchObject({
      status: "ok",
      registry: { pools: 2 },
    });
  });
});

it("x-api-key is a key too", async () => {
  expect((await call("/v1/models", { headers: { authorization: "", "x-api-key": KEY } })).status).toBe(200);
});

it("the admin token is no API key", async () => {
  expect((await call("/v1/models", { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(401);
  expect(
    (await admin("/pools", { headers: { authorization: "Bearer test-api-key-0123456789" } })).status,
  ).toBe(401);
});
