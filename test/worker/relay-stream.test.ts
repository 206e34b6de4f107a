import { describe, expect, it } from "vitest";
import { STREAM_LIMITS } from "../../src/relay/stream.ts";
import { DONE, answer, chunk, finished, stream, usageChunk, whole, worldOf } from "./scripted.ts";

const status = (code: number) => () =>
  Promise.resolve(Response.json({ error: { message: "no", type: "x" } }, { status: code }));
const second = () => Promise.resolve(answer("second"));

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

  it("an error event of the upstream's own is passed on, once, and is no success", async () => {
    const failed = `data: ${JSON.stringify({ error: { message: "overloaded", code: 529 } })}\n\n`;
    const world = worldOf({ first: () => Promise.resolve(stream([chunk(null), chunk("half"), failed])) });
    expect(await (await world.call({ stream: true })).text()).toBe(chunk(null) + chunk("half") + failed);
    await world.settled();
    expect(world.records.map(({ aborted, errorKind }) => [aborted, errorKind])).toEqual([
      [true, "cut_upstream"],
    ]);
    expect(world.state.fleet.get("first/a")?.strikes).toBe(2);
  });

  it("an answer about errors is an answer", async () => {
    const text = [chunk(null), chunk('{"error":{"message":"x"}}\nevent: error'), finished, DONE].join("");
    const world = worldOf({ first: () => Promise.resolve(stream([text])) });
    expect(await (await world.call({ stream: true })).text()).toBe(text);
    await world.settled();
    expect(world.records.map(({ aborted }) => aborted)).toEqual([false]);
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

  it("what came in a burst before a stall is with the client during the stall", async () => {
    const burst = [chunk("one"), chunk("two"), chunk("three"), chunk("four")];
    const world = worldOf({ first: () => Promise.resolve(stream(burst, "hang")) });
    const response = await world.call({ stream: true });
    const reader = response.body?.getReader();
    let text = "";
    while (!text.includes("four")) text += new TextDecoder().decode((await reader?.read())?.value);
    expect(text).toBe(burst.join(""));
    await reader?.cancel();
  });

  it("an event beyond what is held in memory, an image say, is passed on and strikes nobody", async () => {
    const image = chunk(null, { image: "A".repeat(STREAM_LIMITS.eventBytesMax * 3) });
    const text = chunk("look:") + image + finished + DONE;
    const world = worldOf({ first: () => Promise.resolve(stream([chunk("look:"), image, finished, DONE])) });
    expect((await (await world.call({ stream: true })).text()) === text).toBe(true);
    await world.settled();
    expect([world.state.fleet.size, world.records[0]?.errorKind]).toEqual([0, null]);
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

  it("a client that does not read is cut at the deadline; its backend is not struck, its slot is free", async () => {
    const world = worldOf(
      { first: () => Promise.resolve(stream([chunk(null), chunk("half")], "endless")) },
      { policy: { idleTimeoutMs: 50, deadlineMs: 300 } },
    );
    const response = await world.call({ stream: true });
    await response.body?.getReader().read();
    await world.settled();
    expect([world.state.fleet.size, world.records.map(({ errorKind }) => errorKind)]).toEqual([
      0,
      ["cut_deadline"],
    ]);
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
