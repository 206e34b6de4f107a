import { describe, expect, it } from "vitest";
import { ATTEMPTS_MAX } from "../../src/relay/relay.ts";
import { DONE, answer, chunk, finished, refused, stream, usageChunk, whole, worldOf } from "./scripted.ts";
import { errorOf, json } from "./world.ts";

const status =
  (
    code: number,
    body: unknown = { error: { message: "no", type: "x" } },
    headers: Readonly<Record<string, string>> = {},
  ) =>
  () =>
    Promise.resolve(Response.json(body, { status: code, headers }));
const second = () => Promise.resolve(answer("second"));
const poolOf = (response: Response) => response.headers.get("x-pointsman-pool");
const contentOf = async (response: Response) => JSON.stringify(await json(response));

describe("before the first content, a fault is another pool's chance: not streamed", () => {
  it.each([
    ["refused", refused, "fallback_unavailable"],
    ["500", status(500), "fallback_error"],
    ["503", status(503), "fallback_unavailable"],
    ["429", status(429), "fallback_unavailable"],
    ["401", status(401), "fallback_unavailable"],
    ["403", status(403), "fallback_unavailable"],
    ["a redirect", status(302), "fallback_error"],
    ["200 with an error", status(200), "fallback_error"],
    ["200 with no JSON", () => Promise.resolve(new Response("hello")), "fallback_error"],
  ])("%s", async (_fault, first, reason) => {
    const world = worldOf({ first, second });
    const response = await world.call({});
    expect([
      response.status,
      poolOf(response),
      response.headers.get("x-pointsman-reason"),
      response.headers.get("x-pointsman-attempts"),
    ]).toEqual([200, "second", reason, "2"]);
    expect(await contentOf(response)).toContain("second");
  });
});

describe("before the first content: streamed", () => {
  it.each([
    ["refused", refused, "fallback_unavailable"],
    ["500", status(500), "fallback_error"],
    [
      "an error event after 200",
      () => Promise.resolve(stream([chunk(null), 'data: {"error":{"message":"out of memory"}}\n\n'])),
      "fallback_error",
    ],
    ["a cut after the role", () => Promise.resolve(stream([chunk(null)], "cut")), "fallback_error"],
    ["an end without content", () => Promise.resolve(stream([": ping\n\n"])), "fallback_error"],
    ["JSON in place of a stream", () => Promise.resolve(answer("x")), "fallback_error"],
  ])("%s", async (_fault, first, reason) => {
    const world = worldOf({ first, second: () => Promise.resolve(whole("second")) });
    const response = await world.call({ stream: true });
    const text = await response.text();
    expect([poolOf(response), response.headers.get("x-pointsman-reason")]).toEqual(["second", reason]);
    expect(text).toBe(chunk(null) + chunk("second") + finished + DONE);
  });

  it("a first content that does not come in time", async () => {
    const hang = () => Promise.resolve(stream([chunk(null)], "hang"));
    const world = worldOf(
      { first: hang, second: () => Promise.resolve(whole("second")) },
      { policy: { firstContentTimeoutMs: 50 } },
    );
    const response = await world.call({ stream: true });
    await response.text();
    expect([poolOf(response), response.headers.get("x-pointsman-reason")]).toEqual([
      "second",
      "fallback_timeout",
    ]);
  });
});

describe("the client's own errors are passed on, not retried, not counted", () => {
  it.each([400, 404, 422])("%i", async (code) => {
    const world = worldOf({
      first: status(code, {
        error: { message: "bad tool", type: "invalid_request_error", param: "tools", code: 17 },
      }),
      second,
    });
    const response = await world.call({});
    expect([response.status, world.sent.length, world.state.fleet.size]).toEqual([code, 1, 0]);
    expect(await errorOf(response)).toMatchObject({ message: "bad tool", param: "tools", code: "17" });
  });
});

describe("when nobody answers", () => {
  it.each([
    ["all refused: 502", refused, refused, 502, "upstream_failed"],
    ["all refuse our key: 502, never 401", status(401), status(403), 502, "upstream_failed"],
    ["all overloaded: 429", status(429, {}, { "retry-after": "7" }), status(429), 429, "all_full"],
  ])("%s", async (_what, first, other, code, errorCode) => {
    const response = await worldOf({ first, second: other }).call({});
    expect([response.status, (await errorOf(response)).code]).toEqual([code, errorCode]);
    expect(response.headers.get("retry-after")).toBe(code === 429 ? "7" : null);
  });

  it("the deadline: 504, over all attempts together", async () => {
    const hang = (outgoing: { signal: AbortSignal }) =>
      new Promise<Response>((_resolve, reject) => {
        outgoing.signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    const world = worldOf({ first: hang, second: hang });
    const response = await world.call({}, { headers: { "x-pointsman-deadline-ms": "40" } });
    expect([
      response.status,
      (await errorOf(response)).code,
      world.sent.length,
      world.state.fleet.size,
    ]).toEqual([504, "deadline", 1, 0]);
  });

  it("no-fallback: one attempt", async () => {
    const world = worldOf({ first: status(500), second });
    const response = await world.call({}, { headers: { "x-pointsman-no-fallback": "true" } });
    expect([response.status, world.sent.length]).toEqual([502, 1]);
  });

  it("at most three attempts, another backend of the same target first", async () => {
    const world = worldOf({ a: refused, b: refused, c: refused, second }, { backends: ["a", "b", "c"] });
    const response = await world.call({});
    expect([response.status, world.sent.length]).toEqual([502, ATTEMPTS_MAX]);
    expect(new Set(world.sent.map(({ baseUrl }) => new URL(baseUrl).hostname))).toEqual(
      new Set(["first.example.net"]),
    );
  });

  it("the retry budget ends a storm: three extra attempts, then none", async () => {
    const world = worldOf({ first: status(500), second: status(500) }, { now: () => 1_000_000 });
    for (let count = 0; count < 6; count += 1) await world.call({ model: "auto" });
    expect(world.sent.length).toBe(6 + 3);
  });
});

describe("strikes", () => {
  it("a refused backend is skipped by the next request", async () => {
    const world = worldOf({ first: refused, second });
    await world.call({});
    const response = await world.call({});
    expect([poolOf(response), response.headers.get("x-pointsman-attempts"), world.sent.length]).toEqual([
      "second",
      "1",
      3,
    ]);
  });
});

describe("after the first content", () => {
  it("bytes come out as they went in, however they were cut", async () => {
    const text = [chunk(null), chunk("zwölf "), chunk("Züge 🚂"), finished, DONE].join("");
    const bytes = Array.from({ length: Math.ceil(text.length / 7) }, (_, index) =>
      text.slice(index * 7, index * 7 + 7),
    );
    const world = worldOf({ first: () => Promise.resolve(stream(bytes)) });
    expect(await (await world.call({ stream: true })).text()).toBe(text);
  });

  it("a cut ends with an error event, no [DONE], and nobody else's words", async () => {
    const world = worldOf({
      first: () => Promise.resolve(stream([chunk(null), chunk("half")], "cut")),
      second: () => Promise.resolve(whole("second")),
    });
    const text = await (await world.call({ stream: true })).text();
    await world.settled();
    expect(text.startsWith(chunk(null) + chunk("half"))).toBe(true);
    expect(text).toContain('"code":"upstream_cut"');
    expect(text).not.toMatch(/DONE|second/);
    expect(world.records.map(({ aborted, errorKind }) => [aborted, errorKind])).toEqual([
      [true, "cut_upstream"],
    ]);
  });

  it("an end without finish_reason and [DONE] is a cut too", async () => {
    const world = worldOf({ first: () => Promise.resolve(stream([chunk(null), chunk("half")])) });
    expect(await (await world.call({ stream: true })).text()).toContain("upstream_cut");
  });

  it("a stall is cut by the idle timer", async () => {
    const world = worldOf(
      { first: () => Promise.resolve(stream([chunk(null), chunk("half")], "hang")) },
      { policy: { idleTimeoutMs: 50 } },
    );
    expect(await (await world.call({ stream: true })).text()).toContain("upstream_cut");
  });

  it("a client that leaves cancels the upstream (workerd#6832), and its slot is free", async () => {
    const left = Promise.withResolvers<void>();
    const world = worldOf({
      first: () => Promise.resolve(stream([chunk(null), chunk("half")], "endless", () => left.resolve())),
    });
    const response = await world.call({ stream: true });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await left.promise;
    await world.settled();
    expect(world.state.fleet.size).toBe(0);
    expect(world.records.map(({ aborted, errorKind }) => [aborted, errorKind])).toEqual([
      [true, "cut_client"],
    ]);
  });

  it("a client that the platform says has left is cut at once, even in a stall", async () => {
    const client = new AbortController();
    const world = worldOf({ first: () => Promise.resolve(stream([chunk(null), chunk("half")], "hang")) });
    const response = await world.call({ stream: true }, { signal: client.signal });
    await response.body?.getReader().read();
    client.abort();
    await world.settled();
    expect(world.state.fleet.size).toBe(0);
    expect(world.records.map(({ errorKind }) => errorKind)).toEqual(["cut_client"]);
  });

  it("a client that leaves while it waits: no second attempt", async () => {
    const client = new AbortController();
    const hang = (outgoing: { signal: AbortSignal }) =>
      new Promise<Response>((_resolve, reject) => {
        outgoing.signal.addEventListener("abort", () => reject(new Error("aborted")));
        client.abort();
      });
    const world = worldOf({ first: hang, second });
    const response = await world.call({}, { signal: client.signal });
    expect([response.status, world.sent.length, world.records[0]?.errorKind]).toEqual([
      499,
      1,
      "client_left",
    ]);
  });

  it("usage is counted even when the client did not ask for it", async () => {
    const world = worldOf({
      first: () => Promise.resolve(stream([chunk(null), chunk("a"), finished, usageChunk, DONE])),
    });
    await (await world.call({ stream: true })).text();
    await world.settled();
    expect(world.records[0]?.usage).toEqual({
      inputTokens: 7,
      cachedInputTokens: 0,
      outputTokens: 3,
      estimated: false,
    });
    expect(world.records[0]?.costNanoUsd).toBe(10_000);
  });

  it("without usage, tokens are estimated and marked so", async () => {
    const world = worldOf({
      first: () => Promise.resolve(stream([chunk(null), chunk("a"), chunk("b"), finished, DONE])),
    });
    await (await world.call({ stream: true })).text();
    await world.settled();
    expect(world.records[0]?.usage).toMatchObject({ outputTokens: 4, estimated: true });
  });
});

describe("what the upstream gets", () => {
  it("its own model name, a usage request, and none of the router's fields or the client's headers", async () => {
    const world = worldOf({ first: () => Promise.resolve(whole("x")) });
    await (
      await world.call(
        { stream: true, provider: { order: ["first"] }, seed: 5 },
        { headers: { cookie: "c=1", "x-forwarded-for": "1.2.3.4" } },
      )
    ).text();
    expect(JSON.parse(world.sent[0]?.body ?? "")).toEqual({
      model: "first-8b",
      messages: [{ role: "user", content: "Is this positive or negative? 'fine'" }],
      stream: true,
      seed: 5,
      stream_options: { include_usage: true },
    });
  });
});

it("no part of a prompt stands in headers or record", async () => {
  const world = worldOf({ first: status(500), second });
  const response = await world.call({
    messages: [{ role: "user", content: "canary-7f3a positive or negative?" }],
  });
  expect(JSON.stringify([...response.headers]) + JSON.stringify(world.records)).not.toContain("canary");
});
