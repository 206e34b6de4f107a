import { describe, expect, it } from "vitest";
import { ATTEMPTS_MAX } from "../../src/relay/relay.ts";
import { DONE, answer, chunk, finished, refused, stream, whole, worldOf } from "./scripted.ts";
import { errorOf, json } from "./world.ts";

const status =
  (
    code: number,
    body: unknown = { error: { message: "no", type: "x" } },
    headers: Readonly<Record<string, string>> = {},
  ) =>
  () =>
    Promise.resolve(Response.json(body, { status: code, headers }));
const hang = (outgoing: { signal: AbortSignal }) =>
  new Promise<Response>((_resolve, reject) => {
    outgoing.signal.addEventListener("abort", () => reject(new Error("aborted")));
  });
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
    const silent = () => Promise.resolve(stream([chunk(null)], "hang"));
    const world = worldOf(
      { first: silent, second: () => Promise.resolve(whole("second")) },
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
  it.each([400, 404, 414, 422, 431])("%i", async (code) => {
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

  it("the deadline: 504, over all attempts together; a short one is no strike", async () => {
    const world = worldOf({ first: hang, second: hang });
    const response = await world.call({}, { headers: { "x-pointsman-deadline-ms": "40" } });
    expect([
      response.status,
      (await errorOf(response)).code,
      world.sent.length,
      world.state.fleet.size,
    ]).toEqual([504, "deadline", 2, 0]);
  });

  it("an attempt that hangs leaves half of the time to the next", async () => {
    const world = worldOf({ first: hang, second });
    const response = await world.call({}, { headers: { "x-pointsman-deadline-ms": "200" } });
    expect([response.status, poolOf(response), response.headers.get("x-pointsman-reason")]).toEqual([
      200,
      "second",
      "fallback_timeout",
    ]);
  });

  it("no-fallback: one attempt", async () => {
    const world = worldOf({ first: status(500), second });
    const response = await world.call({}, { headers: { "x-pointsman-no-fallback": "true" } });
    expect([response.status, world.sent.length]).toEqual([502, 1]);
  });

  it("at most three attempts, another backend of the same target first, then another pool", async () => {
    const world = worldOf(
      { a: refused, b: refused, c: refused, second: refused },
      { backends: ["a", "b", "c"] },
    );
    const response = await world.call({});
    expect([response.status, world.sent.length]).toEqual([502, ATTEMPTS_MAX]);
    expect(world.sent.map(({ baseUrl }) => new URL(baseUrl).hostname)).toEqual([
      "first.example.net",
      "first.example.net",
      "second.example.net",
    ]);
  });

  it("a pool that is down as a whole costs no request while another stands", async () => {
    const world = worldOf({ a: refused, b: refused, c: refused, second }, { backends: ["a", "b", "c"] });
    expect(poolOf(await world.call({}))).toBe("second");
  });

  it("the retry budget ends a storm: three extra attempts, then none", async () => {
    const world = worldOf({ first: status(500), second: status(500) }, { now: () => 1_000_000 });
    for (let count = 0; count < 6; count += 1) await world.call({ model: "auto" });
    expect(world.sent.length).toBe(6 + 3);
  });
});

it("a request that lost its backend waits in the queue of a full pool, rather than be turned away", async () => {
  const world = worldOf({ first: refused, second });
  for (let slot = 0; slot < 4; slot += 1) world.state.begin("second/a");
  const response = await world.call({});
  expect([response.status, poolOf(response), response.headers.get("x-pointsman-reason")]).toEqual([
    200,
    "second",
    "fallback_unavailable",
  ]);
});

describe("strikes", () => {
  const NOW_MS = 1_000_000;
  it.each([
    ["429 with seconds", 429, "7", NOW_MS + 7_000, 0],
    ["429 with a date", 429, new Date(NOW_MS + 9_000).toUTCString(), NOW_MS + 9_000, 0],
    ["429 with an hour: no longer than our own longest", 429, "3600", NOW_MS + 60_000, 0],
    ["503 with seconds, and a strike", 503, "30", NOW_MS + 30_000, 2],
  ])("a backend rests for as long as it asked: %s", async (_what, code, retryAfter, untilMs, strikes) => {
    const world = worldOf(
      { first: status(code, {}, { "retry-after": retryAfter }), second },
      { now: () => NOW_MS },
    );
    expect(poolOf(await world.call({}))).toBe("second");
    expect(world.state.fleet.get("first/a")).toEqual({ inFlight: 0, strikes, ejectedUntilMs: untilMs });
  });

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
