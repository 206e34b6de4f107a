import { describe, expect, it } from "vitest";
import { namesText } from "../../routes/error-text.ts";
import { toWire } from "../../routes/errors.ts";
import { nearest } from "../../routes/nearest.ts";
import { FILTERS, type Filter, type Rejected } from "../../src/domain/decision.ts";
import type { Attempt } from "../../src/domain/errors.ts";

const rejected = (filter: Filter): Rejected => ({
  target: `p/${filter}`,
  pool: "p",
  model: filter,
  verdict: "rejected",
  filter,
  evidence: "e",
});
const attempt = (result: Attempt["result"], status: number | null): Attempt => ({
  target: "p/m",
  backend: "a",
  result,
  status,
  durationMs: 1,
});

describe("a refusal that no retry can change says so", () => {
  const passing: readonly string[] = ["down", "full", "too_slow"];
  const filters = Object.keys(FILTERS).filter((name): name is Filter => name in FILTERS);
  it.each(filters.map((filter) => [filter, passing.includes(filter) ? undefined : "false"] as const))(
    "%s: %s",
    (filter, told) => {
      const wire = toWire({ kind: "no_capable_pool", rejected: [rejected("quality"), rejected(filter)] });
      expect(wire.headers?.["x-should-retry"]).toBe(told);
    },
  );

  it("an empty registry", () => {
    expect(toWire({ kind: "no_capable_pool", rejected: [] }).headers).toEqual({ "x-should-retry": "false" });
  });

  it("a full fleet is another matter: it says when to come back", () => {
    const wire = toWire({ kind: "all_full", retryAfterSeconds: 1, rejected: [rejected("full")] });
    expect(wire.headers).toEqual({ "retry-after": "1" });
  });
});

it.each([
  ["unavailable", null, "p/m: could not connect"],
  ["unavailable", 503, "p/m: answered 503"],
  ["error", 200, "p/m: answered 200, then failed"],
  ["error", 500, "p/m: answered 500"],
  ["timeout", null, "p/m: did not answer in time"],
  ["timeout", 200, "p/m: answered 200, then took too long"],
  ["refused_key", 401, "p/m: answered 401, refusing this router's key"],
  ["overloaded", 429, "p/m: answered 429"],
] as const)("an attempt in words: %s %s", (result, status, text) => {
  const { message } = toWire({ kind: "upstream_failed", attempts: [attempt(result, status)] });
  expect(message).toBe(`No pool could answer. ${text}`);
});

it.each([
  [["GET"], "POST is not allowed here; GET is."],
  [["GET", "PUT"], "POST is not allowed here; GET, PUT are."],
])("what is allowed: %j", (allowed, message) => {
  expect(toWire({ kind: "method_not_allowed", method: "POST", allowed }).message).toBe(message);
});

it.each([
  [
    "with a decision",
    { kind: "internal", decision: "d-1" },
    "Something went wrong here. The log has it under d-1.",
  ],
  ["without one", { kind: "internal" }, "Something went wrong here."],
] as const)("an error of ours, %s", (_what, error, message) => {
  expect(toWire(error).message).toBe(message);
});

it("names in a message are bounded", () => {
  const names = Array.from({ length: 23 }, (_, index) => `p${index}`);
  expect(namesText(names)).toMatch(/^p0, .*, p19 and 3 more$/);
  expect(namesText(names.slice(0, 2))).toBe("p0, p1");
});

it.each([
  ["pool", "pools"],
  ["min_quality", "min-quality"],
  ["no-fallbacks", "no-fallback"],
  ["quality", "min-quality"],
  ["reason", null],
  ["zzz", null],
  ["x".repeat(100_000), null],
])("the nearest name to %.20s is %s", (name, found) => {
  expect(nearest(name, ["pools", "min-quality", "no-fallback", "session"])).toBe(found);
});
