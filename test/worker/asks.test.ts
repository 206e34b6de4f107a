/** What a request names, in `model`, `models`, `provider` and the router's headers, and what it is told of a wrong name. */
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { RESPONSE_HEADERS } from "../../routes/headers.ts";
import { SENTIMENT, admin, call, chatBody, errorOf, fleet, json, setUp } from "./world.ts";

const chat = (more: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}) =>
  call("/v1/chat/completions", { body: chatBody(SENTIMENT, more), headers });
const refusalOf = async (answer: Response) => {
  const { param, message } = await errorOf(answer);
  return { status: answer.status, param, message };
};
const [SMALL, LARGE] = ["llama-3.2-3b-instruct", "llama-3.1-70b-instruct"];

beforeAll(setUp);

describe("a list of models", () => {
  const decisionSchema = z.looseObject({
    order: z.array(z.string()),
    profile: z.string(),
    reason: z.string(),
  });
  const decide = async (body: Readonly<Record<string, unknown>>, headers = {}) =>
    decisionSchema.parse(await json(await admin("/route", { body: chatBody(SENTIMENT, body), headers })));

  it.each([
    ["beside auto restricts", { model: "auto", models: [LARGE] }, {}, [`h100/${LARGE}`], "auto"],
    ["ranks", { model: "auto", models: ["large", "small"] }, {}, [`h100/${LARGE}`, `altra/${SMALL}`], "auto"],
    [
      "keeps the profile of auto/<profile>",
      { model: "auto/fast", models: [SMALL] },
      {},
      [`altra/${SMALL}`],
      "fast",
    ],
    [
      "yields to the profile of the header",
      { model: "auto/fast", models: [SMALL] },
      { "x-pointsman-profile": "cheap" },
      [`altra/${SMALL}`],
      "cheap",
    ],
    [
      "beside a model is what follows it",
      { model: SMALL, models: [LARGE, SMALL] },
      {},
      [`altra/${SMALL}`, `h100/${LARGE}`],
      "auto",
    ],
  ])("%s", async (_what, body, headers, order, profile) => {
    expect(await decide(body, headers)).toMatchObject({ order, profile, reason: "pinned_model" });
  });

  it.each([
    ["one unknown of two", { model: "auto", models: [SMALL, "gpt-9"] }, 404, "models[1]", "the model gpt-9."],
    ["all unknown", { model: "auto", models: ["a", "b"] }, 404, "models[0]", "the models a, b."],
    [
      "an unknown model before known ones",
      { model: "gpt-9", models: [SMALL] },
      404,
      "model",
      "the model gpt-9.",
    ],
    ["an unknown profile", { model: "auto/warp", models: [SMALL] }, 404, "model", 'called "warp"'],
    ["auto in the list", { model: "auto", models: [SMALL, "auto/cheap"] }, 400, "models[1]", "auto/cheap"],
    ["a pool beside the list", { model: "pool/h100", models: [SMALL] }, 400, "model", "provider.only"],
  ])("refuses %s, by name", async (_what, body, status, param, text) => {
    const refusal = await refusalOf(await chat(body));
    expect(refusal).toMatchObject({ status, param });
    expect(refusal.message).toContain(text);
  });
});

describe("a wrong name is answered with the right ones", () => {
  const profiles = "There are auto, cheap, fast, best.";
  it.each([
    [
      "a profile in model",
      { model: "auto/warp" },
      {},
      404,
      "model",
      `No profile is called "warp". ${profiles}`,
    ],
    [
      "a pool in model",
      { model: "pool/moon" },
      {},
      404,
      "model",
      'No pool is called "moon". There are altra, h100.',
    ],
    [
      "a profile in a header",
      {},
      { "x-pointsman-profile": "warp" },
      400,
      "x-pointsman-profile",
      `No profile is called "warp". ${profiles}`,
    ],
    [
      "auto/ before a profile",
      {},
      { "x-pointsman-profile": "auto/cheap" },
      400,
      "x-pointsman-profile",
      `No profile is called "auto/cheap": write it without auto/. ${profiles}`,
    ],
    [
      "a pool in a header",
      {},
      { "x-pointsman-pools": "altra,moon" },
      400,
      "x-pointsman-pools",
      'No pool is called "moon". There are altra, h100.',
    ],
    [
      "an empty id in a header",
      {},
      { "x-pointsman-pools": "altra,,h100" },
      400,
      "x-pointsman-pools",
      "x-pointsman-pools has an empty id at place 2.",
    ],
    [
      "an empty id in provider",
      { provider: { only: ["altra", ""] } },
      {},
      400,
      "provider.only[1]",
      "provider.only[1]: is an empty id",
    ],
  ])("%s", async (_what, body, headers, status, param, message) => {
    expect(await refusalOf(await chat(body, headers))).toEqual({ status, param, message });
  });
});

describe("provider fields that are not honoured are refused, by name", () => {
  it.each([
    "data_collection",
    "zdr",
    "quantizations",
    "enforce_distillable_text",
    "preferred_min_throughput",
    "preferred_max_latency",
    "max_price.request",
    "max_price.image",
  ])("%s", async (field) => {
    const [outer = "", inner] = field.split(".");
    const provider = { [outer]: inner === undefined ? "x" : { [inner]: 1 } };
    expect(await refusalOf(await chat({ provider }))).toMatchObject({
      status: 400,
      param: `provider.${field}`,
    });
  });
});

describe("headers of ours", () => {
  it.each([
    ["a word too short", "x-pointsman-pool", "did you mean x-pointsman-pools?"],
    ["an underscore", "x-pointsman-min_quality", "did you mean x-pointsman-min-quality?"],
    ["capitals", "X-Pointsman-Deadline", "did you mean x-pointsman-deadline-ms?"],
    ["nothing like one", "x-pointsman-colour-of-sky", "the known ones are x-pointsman-pools"],
    ...RESPONSE_HEADERS.map((name) => ["echoed from an answer", name, "is a header of answers"]),
  ])("%s, %s, is refused", async (_what, name, text) => {
    const refusal = await refusalOf(await chat({}, { [name]: "1" }));
    expect(refusal).toMatchObject({ status: 400, param: name.toLowerCase() });
    expect(refusal.message).toContain(text);
    expect((await call("/v1/models", { headers: { [name]: "1" } })).status).toBe(400);
  });

  it.each(["-1", "1.5", "many", "1e0", "0x1", "1, 1", "''"])(
    "x-pointsman-hops: %s is refused",
    async (value) => {
      expect(await refusalOf(await chat({}, { "x-pointsman-hops": value }))).toMatchObject({
        status: 400,
        param: "x-pointsman-hops",
      });
    },
  );

  it.each([
    ["0", 200],
    ["2", 200],
    ["3", 508],
    ["99999999999999999999", 508],
  ])("x-pointsman-hops: %s is %i", async (value, status) => {
    const answer = await chat({}, { "x-pointsman-hops": value });
    await answer.text();
    expect(answer.status).toBe(status);
  });

  it.each([
    ["1e-7", 503],
    ["1E-7", 503],
    ["2.5e-1", 200],
    ["1e+2", 200],
    ["1e400", 400],
    ["1e", 400],
    ["e-7", 400],
  ])("x-pointsman-max-cost-usd: %s is %i", async (value, status) => {
    const answer = await chat({}, { "x-pointsman-max-cost-usd": value });
    await answer.text();
    expect(answer.status).toBe(status);
  });

  it.each(["0", "1", "true", "false"])("a flag can be %s", async (value) => {
    const body = await json(await chat({}, { "x-pointsman-debug": value, "x-pointsman-no-fallback": value }));
    expect("pointsman" in body).toBe(value === "1" || value === "true");
  });
});

describe("healthz", () => {
  it.each([
    ["all take", {}, 2],
    ["one drains", { draining: true }, 1],
    ["one has no weight", { weight: 0 }, 1],
  ])("%s", async (_what, change, poolsTaking) => {
    const [first, ...rest] = fleet().pools;
    const put = await admin("/registry", {
      method: "PUT",
      body: { ...fleet(), pools: [{ ...first, ...change }, ...rest] },
      headers: { "if-match": "*" },
    });
    expect(put.status).toBe(200);
    expect(await json(await call("/healthz"))).toMatchObject({ registry: { pools: 2, poolsTaking } });
  });
});
