import { describe, expect, it } from "vitest";
import { attempt } from "../../src/relay/attempt.ts";
import { Cutoff } from "../../src/relay/cutoff.ts";
import { answer, refused, worldOf } from "./scripted.ts";
import { json } from "./world.ts";

const second = () => Promise.resolve(answer("second"));
const poolOf = (response: Response) => response.headers.get("x-pointsman-pool");
const contentOf = async (response: Response) => JSON.stringify(await json(response));

describe("when the one target that reaches the profile's floor fails, a lesser model is better than none", () => {
  const lesser = { second: { skills: { classification: 0 } } };
  it("and says so: underpowered, at its own expected cost", async () => {
    const world = worldOf({ first: refused, second }, lesser);
    const response = await world.call({});
    expect([response.status, poolOf(response), response.headers.get("x-pointsman-reason")]).toEqual([
      200,
      "second",
      "fallback_unavailable",
    ]);
    const [record] = world.records;
    expect([record?.fit, (record?.expectedCostNanoUsd ?? 0) > 0]).toEqual(["underpowered", true]);
    const next = await world.call({});
    expect([poolOf(next), next.headers.get("x-pointsman-attempts")]).toEqual(["second", "1"]);
  });
  it.each([
    ["a floor of the request's own", { "x-pointsman-min-quality": "0.5" }, "502"],
    ["a cap that the lesser one breaks", { "x-pointsman-max-cost-usd": "0.0001" }, "502"],
    ["no-fallback", { "x-pointsman-no-fallback": "true" }, "502"],
  ])("but not against %s", async (_what, headers, code) => {
    const world = worldOf({ first: refused, second }, lesser);
    expect(String((await world.call({}, { headers })).status)).toBe(code);
  });
});

describe("patience", () => {
  /** Comes when more than half of the deadline is over. */
  const late = () => new Promise<Response>((resolve) => setTimeout(() => resolve(answer("late")), 600));
  it.each([
    ["no fallback is allowed", { "x-pointsman-no-fallback": "1" }],
    ["the other pool rests", {}],
  ])("the last backend that can answer has the whole deadline: %s", async (_name, headers) => {
    const world = worldOf({ first: late, second });
    world.state.begin("second/a");
    world.state.end("second/a", "overload", { nowMs: Date.now(), random: () => 1, restMs: 60_000 });
    const response = await world.call({}, { headers: { ...headers, "x-pointsman-deadline-ms": "1000" } });
    expect([response.status, await contentOf(response)]).toEqual([200, expect.stringContaining("late")]);
  });

  it.each([
    [1_999, "ignored"],
    [2_000, "connect_error"],
  ])("cut by a short deadline after %i ms without a word: %s", async (silentMs, outcome) => {
    let nowMs = 0;
    const now = () => nowMs;
    const ends = { deadlineAtMs: 1_000_000, shareEndsAtMs: 1_000_000 };
    const cutoff = new Cutoff(now, ends, new AbortController().signal);
    const sending = () => {
      nowMs = silentMs;
      cutoff.cut("share");
      return Promise.reject(new Error("aborted"));
    };
    const how = { stream: false, firstContentTimeoutMs: 1, sluggishMs: 2_000, now };
    expect(await attempt(sending, cutoff, how)).toMatchObject({ result: "timeout", outcome });
  });
});
