/** An id on an answer is an id that a log holds; where no log does, it is `none`. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../../routes/app.ts";
import type { RouterDeps } from "../../routes/deps.ts";
import { IsolateState } from "../../src/relay/isolate.ts";
import { answer, worldOf } from "./scripted.ts";
import { call, chatBody, errorOf, setUp } from "./world.ts";

const decisionOf = (response: Response) => response.headers.get("x-pointsman-decision") ?? "";

beforeAll(setUp);

describe("answers that no log holds", () => {
  it.each([
    ["the models", "/v1/models", {}, 200],
    ["a model", "/v1/models/auto", {}, 200],
    ["an unknown model", "/v1/models/gpt-9", {}, 404],
    ["health", "/healthz", {}, 200],
    ["a wrong key", "/v1/chat/completions", { body: chatBody("x"), headers: { authorization: "no" } }, 401],
    ["a wrong path", "/v1/nothing", {}, 404],
    ["a wrong method", "/v1/chat/completions", {}, 405],
  ])("%s", async (_what, path, init, status) => {
    const response = await call(path, init);
    await response.text();
    expect([response.status, decisionOf(response)]).toEqual([status, "none"]);
  });
});

describe("answers that the log holds", () => {
  const first = () => Promise.resolve(answer("x"));
  it.each([
    ["an answer", {}, {}, 200],
    ["a bad body", { messages: 5 }, {}, 400],
    ["a bad header", {}, { "x-pointsman-pool": "x" }, 400],
    ["an unknown model", { model: "gpt-9" }, {}, 404],
    ["nothing that can serve", {}, { "x-pointsman-max-cost-usd": "0" }, 503],
    ["a loop", {}, { "x-pointsman-hops": "3" }, 508],
  ])("%s", async (_what, body, headers, status) => {
    const world = worldOf({ first, second: first });
    const response = await world.call(body, { headers });
    await response.text();
    await world.settled();
    expect([response.status, world.records.map(({ id }) => id)]).toEqual([status, [decisionOf(response)]]);
  });
});

describe("an error of ours", () => {
  const unused = () => Promise.reject(new Error("not part of this test"));
  it.each([
    ["the call", "/v1/chat/completions", { method: "POST", body: JSON.stringify(chatBody("x")) }],
    ["the list of models", "/v1/models", {}],
    ["health", "/healthz", {}],
  ])("in %s: the operator's log has its id", async (_what, path, init) => {
    const [problems, context]: [Readonly<Record<string, unknown>>[], ExecutionContext] = [
      [],
      createExecutionContext(),
    ];
    const deps: RouterDeps = {
      now: () => 0,
      random: () => 0.5,
      newId: () => "id-1",
      keyName: () => "test",
      isAdmin: () => Promise.resolve(false),
      snapshot: unused,
      relay: { send: unused, secret: () => null, state: new IsolateState(), now: () => 0, random: () => 0.5 },
      record: () => undefined,
      problem: (event, detail) => problems.push({ event, ...detail }),
      registry: { read: unused, change: unused, versions: unused },
      log: { newest: unused, pages: unused, get: unused, stats: unused },
    };
    const request = new Request(`https://pointsman.test${path}`, init);
    const response = await createApp(() => deps).fetch(request, {}, context);
    await waitOnExecutionContext(context);
    const id = decisionOf(response);
    expect([response.status, problems.map(({ decision }) => decision)]).toEqual([500, [id]]);
    expect((await errorOf(response)).message).toContain(id);
  });
});

it.each([
  ["POST", "/chat/completions", "Did you mean /v1/chat/completions?"],
  ["POST", "/v1/v1/chat/completions", "Did you mean /v1/chat/completions?"],
  ["GET", "/models", "Did you mean /v1/models?"],
])("a base URL with no /v1, or two: %s %s", async (method, path, text) => {
  const { message } = await errorOf(await call(path, { method }));
  expect(message).toContain(text);
});
