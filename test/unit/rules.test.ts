import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { depthOver } from "../../routes/body.ts";
import { backendUrlProblem } from "../../src/registry/url.ts";
import { mergePatch } from "../../src/registry/patch.ts";
import { STRIKES, afterOutcome, ejectionMs } from "../../src/health/strikes.ts";
import { UNKNOWN_BACKEND } from "../../src/domain/load.ts";
import { urlUnder } from "../../src/upstream/send.ts";
import { dataOf, eventKind, wholeEventsEnd } from "../../src/upstream/sse.ts";

const strict = { allowInsecureLoopback: false, ownHosts: ["router.example.com"] };
const local = { ...strict, allowInsecureLoopback: true };

describe("URLs of backends", () => {
  it.each([
    "https://pool.example.net/v1",
    "https://pool.example.net:8443/v1/",
    "https://xn--mnchen-3ya.example/v1",
  ])("takes %s", (url) => {
    expect(backendUrlProblem(url, strict)).toBeNull();
  });
  it.each([
    "http://pool.example.net",
    "ftp://pool.example.net",
    "not a url",
    "https://user:pass@pool.example.net",
    "https://pool.example.net/?a=1",
    "https://pool.example.net/#x",
    "https://localhost/v1",
    "https://127.0.0.1",
    "https://0x7f.1",
    "https://2130706433",
    "https://017700000001",
    "https://127.0.0.1.",
    "https://[::1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::]/",
    "https://0.0.0.0/",
    "https://10.0.0.8",
    "https://192.168.1.1",
    "https://169.254.169.254/latest",
    "https://metadata.google.internal",
    "https://a.internal",
    "https://printer.local",
    "https://127.0.0.1.nip.io",
    "https://x.localtest.me",
    "https://router.example.com/v1",
    "https://ROUTER.example.com./v1",
    "https://api.cloudflare.com/client/v4",
    "https://intranet/v1",
    "https://8.8.8.8/v1",
  ])("refuses %s", (url) => {
    expect(backendUrlProblem(url, strict)).toEqual(expect.any(String));
  });
  it("on a developer's machine loopback is allowed, and not every name or address", () => {
    expect([
      backendUrlProblem("http://127.0.0.1:8080/v1", local),
      backendUrlProblem("http://localhost:11434/v1", local),
    ]).toEqual([null, null]);
    expect(
      ["http://169.254.169.254", "http://0.0.0.0", "http://example.com"].map(
        (url) => backendUrlProblem(url, local) === null,
      ),
    ).toEqual([false, false, false]);
  });
  it("a path never leaves the backend's URL", () => {
    expect(urlUnder("https://a.example/v1", "chat/completions")).toBe(
      "https://a.example/v1/chat/completions",
    );
    for (const path of ["../admin", "//evil.example/x", "/etc", "https://evil.example"])
      expect(() => urlUnder("https://a.example/v1", path)).toThrow("leaves");
  });
});

describe("JSON depth", () => {
  it.each([
    ["[[[]]]", 3, false],
    ["[[[]]]", 2, true],
    ['{"a":{"b":[1]}}', 3, false],
    ['"[[[[["', 1, false],
    ['["\\"[[["]', 1, false],
    ['["\\\\"]', 1, false],
    ['["\\\\\\"[["]', 1, false],
  ])("%s is deeper than %i: %s", (text, limit, over) => {
    expect(depthOver(text, limit)).toBe(over);
  });
  it("agrees with a walk of the parsed value", () => {
    const depth = (value: unknown): number =>
      typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.integer({ min: 0, max: 6 }), (text, limit) => {
        expect(depthOver(text, limit)).toBe(depth(JSON.parse(text)) > limit);
      }),
    );
  });
});

describe("merge patch (RFC 7396, appendix A)", () => {
  it.each([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [1] }, { a: [2, 3] }, { a: [2, 3] }],
  ])("%j with %j is %j", (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });
  it("a patch of __proto__ changes no prototype", () => {
    mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});

describe("strikes", () => {
  const at = { nowMs: 1000, random: () => 1 };
  it.each([
    ["success", { inFlight: 2, strikes: 0, ejectedUntilMs: 0 }],
    ["ignored", { inFlight: 2, strikes: 1, ejectedUntilMs: 9 }],
    ["overload", { inFlight: 2, strikes: 1, ejectedUntilMs: 9 }],
    ["connect_error", { inFlight: 2, strikes: 2, ejectedUntilMs: 11_000 }],
    ["server_error", { inFlight: 2, strikes: 3, ejectedUntilMs: 21_000 }],
  ] as const)("%s", (outcome, expected) => {
    expect(afterOutcome({ inFlight: 2, strikes: 1, ejectedUntilMs: 9 }, outcome, at)).toEqual(expected);
  });
  it("the time out grows and is capped", () => {
    expect([1, 2, 3, 4, 5, 16].map((strikes) => ejectionMs(strikes, () => 1))).toEqual([
      5000,
      10_000,
      20_000,
      40_000,
      STRIKES.capMs,
      STRIKES.capMs,
    ]);
    expect(UNKNOWN_BACKEND.strikes).toBe(0);
  });
});

describe("server-sent events", () => {
  it.each([
    [": ping", "silent"],
    ['data: {"choices":[{"delta":{"role":"assistant","content":null}}]}', "silent"],
    ['data: {"choices":[{"delta":{"role":"assistant","content":""}}]}', "silent"],
    ['data: {"choices":[{"delta":{"content":"a"}}]}', "content"],
    ['data: {"choices":[{"delta":{"reasoning_content":"a"}}]}', "content"],
    ['data: {"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}', "content"],
    ['data: {"choices":[{"delta":{},"finish_reason":"stop"}]}', "content"],
    ['data: {"error":{"message":"x"}}', "error"],
    ["event: error\ndata: x", "error"],
    ["data: {", "error"],
    ["data: [DONE]", "done"],
    ['data: {"choices":[],"usage":null}', "silent"],
  ])("%s is %s", (event, kind) => {
    expect(eventKind(event)).toBe(kind);
  });
  it("data over several lines is one", () => {
    expect(dataOf("event: x\ndata: a\ndata: b")).toBe("a\nb");
  });
  it("splits anywhere without losing or doubling a byte", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { maxLength: 8 }),
        fc.array(fc.nat({ max: 40 }), { maxLength: 12 }),
        (texts, cuts) => {
          const all = Buffer.from(texts.map((text) => `data: ${JSON.stringify(text)}\n\n`).join(""));
          let [carry, out, from] = [Buffer.alloc(0), Buffer.alloc(0), 0];
          for (const size of [...cuts, all.length]) {
            carry = Buffer.concat([carry, all.subarray(from, Math.min(all.length, from + size))]);
            from = Math.min(all.length, from + size);
            const end = wholeEventsEnd(carry);
            out = Buffer.concat([out, carry.subarray(0, end)]);
            carry = carry.subarray(end);
          }
          expect(out.equals(all)).toBe(true);
        },
      ),
    );
  });
});
