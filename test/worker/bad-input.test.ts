import { beforeAll, describe, expect, it } from "vitest";
import { RESPONSE_HEADERS } from "../../routes/headers.ts";
import { SENTIMENT, call, chatBody, errorOf, setUp } from "./world.ts";

const chat = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  call("/v1/chat/completions", { body, headers });

beforeAll(setUp);

describe("bad input gets the exact error", () => {
  const messages = [{ role: "user", content: "hi" }];
  const deep = `{"model":"auto","messages":[{"role":"user","content":"hi"}],"x":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
  it.each([
    ["an empty body", "", {}, 400, null, "invalid_request"],
    ["broken JSON", '{"model":', {}, 400, null, "invalid_request"],
    [
      "5 MB",
      JSON.stringify({ model: "auto", messages: [{ role: "user", content: "x".repeat(5_000_000) }] }),
      {},
      413,
      null,
      "body_too_large",
    ],
    ["10,000 nested arrays", deep, {}, 400, null, "invalid_request"],
    ["an array", "[]", {}, 400, null, "invalid_request"],
    ["no messages", JSON.stringify({ model: "auto" }), {}, 400, "messages", "invalid_request"],
    [
      "empty messages",
      JSON.stringify({ model: "auto", messages: [] }),
      {},
      400,
      "messages",
      "invalid_request",
    ],
    [
      "a wrong role",
      JSON.stringify({ model: "auto", messages: [{ role: "robot", content: "hi" }] }),
      {},
      400,
      "messages[0].role",
      "invalid_request",
    ],
    [
      "content of a wrong type",
      JSON.stringify({ model: "auto", messages: [{ role: "user", content: 5 }] }),
      {},
      400,
      "messages[0].content",
      "invalid_request",
    ],
    ["a model of a wrong type", JSON.stringify({ model: 5, messages }), {}, 400, "model", "invalid_request"],
    [
      "stream of a wrong type",
      JSON.stringify({ model: "auto", messages, stream: "yes" }),
      {},
      400,
      "stream",
      "invalid_request",
    ],
    [
      "max_tokens of 0",
      JSON.stringify({ model: "auto", messages, max_tokens: 0 }),
      {},
      400,
      "max_tokens",
      "invalid_request",
    ],
    [
      "temperature 9",
      JSON.stringify({ model: "auto", messages, temperature: 9 }),
      {},
      400,
      "temperature",
      "invalid_request",
    ],
    [
      "tools of a wrong type",
      JSON.stringify({ model: "auto", messages, tools: {} }),
      {},
      400,
      "tools",
      "invalid_request",
    ],
    [
      "an unknown provider field",
      JSON.stringify({ model: "auto", messages, provider: { host: "x" } }),
      {},
      400,
      "provider.host",
      "invalid_request",
    ],
    [
      "an unknown pool in provider",
      JSON.stringify({ model: "auto", messages, provider: { only: ["moon"] } }),
      {},
      400,
      "provider.only",
      "invalid_request",
    ],
    ["an unknown model", JSON.stringify({ model: "gpt-9", messages }), {}, 404, "model", "model_not_found"],
    [
      "an unknown pool",
      JSON.stringify({ model: "pool/moon", messages }),
      {},
      404,
      "model",
      "model_not_found",
    ],
    [
      "an unknown profile",
      JSON.stringify({ model: "auto/warp", messages }),
      {},
      404,
      "model",
      "model_not_found",
    ],
    [
      "a bad quality",
      JSON.stringify({ model: "auto", messages }),
      { "x-pointsman-min-quality": "2" },
      400,
      "x-pointsman-min-quality",
      "invalid_request",
    ],
    [
      "a bad cost",
      JSON.stringify({ model: "auto", messages }),
      { "x-pointsman-max-cost-usd": "free" },
      400,
      "x-pointsman-max-cost-usd",
      "invalid_request",
    ],
    [
      "a bad TTFT",
      JSON.stringify({ model: "auto", messages }),
      { "x-pointsman-max-ttft-ms": "-1" },
      400,
      "x-pointsman-max-ttft-ms",
      "invalid_request",
    ],
    [
      "a bad deadline",
      JSON.stringify({ model: "auto", messages }),
      { "x-pointsman-deadline-ms": "0" },
      400,
      "x-pointsman-deadline-ms",
      "invalid_request",
    ],
    [
      "a bad flag",
      JSON.stringify({ model: "auto", messages }),
      { "x-pointsman-no-fallback": "perhaps" },
      400,
      "x-pointsman-no-fallback",
      "invalid_request",
    ],
    [
      "a bad profile",
      JSON.stringify({ model: "auto", messages }),
      { "x-pointsman-profile": "warp" },
      400,
      "x-pointsman-profile",
      "invalid_request",
    ],
    [
      "a bad pool list",
      JSON.stringify({ model: "auto", messages }),
      { "x-pointsman-pools": "moon" },
      400,
      "x-pointsman-pools",
      "invalid_request",
    ],
    [
      "a wrong key",
      JSON.stringify({ model: "auto", messages }),
      { authorization: "Bearer wrong" },
      401,
      null,
      "invalid_api_key",
    ],
    [
      "no key",
      JSON.stringify({ model: "auto", messages }),
      { authorization: "" },
      401,
      null,
      "invalid_api_key",
    ],
  ])("%s", async (_what, raw, headers, status, param, code) => {
    const answer = await call("/v1/chat/completions", { method: "POST", raw, headers });
    expect(answer.status).toBe(status);
    expect(await errorOf(answer)).toMatchObject({ param, code });
    expect(RESPONSE_HEADERS.filter((name) => !answer.headers.has(name))).toEqual([]);
  });

  it("no capable pool lists each pool's reason", async () => {
    const answer = await chat(chatBody(SENTIMENT), { "x-pointsman-max-cost-usd": "0" });
    const error = await errorOf(answer);
    expect([answer.status, error.code]).toEqual([503, "no_capable_pool"]);
    expect(error.message).toContain("altra/llama-3.2-3b-instruct: too_dear");
    expect(error.message).toContain("h100/llama-3.1-70b-instruct: too_dear");
  });

  it("a path or a method that is not there", async () => {
    expect((await call("/v1/nothing")).status).toBe(404);
    expect((await call("/v1/chat/completions")).status).toBe(405);
    expect((await call("//admin/v1/registry")).status).toBe(404);
  });

  it("a loop of routers is broken", async () => {
    expect((await chat(chatBody(SENTIMENT), { "x-pointsman-hops": "3" })).status).toBe(508);
  });
});
