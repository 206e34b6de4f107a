import { describe, expect, it } from "vitest";
import type { Shell } from "../../scripts/cli/api.ts";
import { run } from "../../scripts/cli/run.ts";

const TOKEN = "a-token";

/** Runs a command line that gets as far as `fetch` at most. */
const cli = async (argv: readonly string[], change: Partial<Shell> = {}) => {
  const said = { out: "", err: "" };
  const code = await run(argv, {
    fetch: () => Promise.reject(new Error("nothing should be sent")),
    env: { POINTSMAN_ADMIN_TOKEN: TOKEN },
    out: (chunk) => (said.out += chunk),
    err: (chunk) => (said.err += chunk),
    readFile: () => Promise.reject(Object.assign(new Error("no"), { code: "ENOENT" })),
    devVars: () => Promise.resolve({}),
    ...change,
  });
  return { code, ...said };
};

describe("what is not understood is named, nothing is sent, and the exit code is 2", () => {
  it.each<[string, readonly string[], string]>([
    ["no command", [], "a command is missing"],
    ["an unknown command", ["pulls"], 'the command "pulls" is not known; pools, pool, weights,'],
    ["a command of every object", ["constructor"], 'the command "constructor" is not known'],
    ["an escape sequence", ["\u001b[2J"], 'the command "\\u001b[2J" is not known'],
    ["help of an unknown command", ["help", "pulls"], 'the command "pulls" is not known'],
    ["an unknown flag", ["logs", "--colour", "red"], 'the flag "--colour" is not known; --pool, --task,'],
    [
      "a flag of another command",
      ["pools", "--limit=1"],
      'the flag "--limit=1" is not known; --json, --help are',
    ],
    ["a short flag", ["pools", "-x"], 'the flag "-x" is not known'],
    ["a flag without its value", ["logs", "--pool"], "--pool needs a value: --pool ID"],
    ["a flag in place of a value", ["logs", "--pool", "--json"], "--pool needs a value"],
    ["a value for a flag without one", ["route", "hi", "--stream=yes"], "--stream takes no value"],
    ["a flag given twice", ["logs", "--pool", "a", "--pool=b"], "--pool is given twice"],
    ["an unknown task", ["logs", "--task", "cooking"], "--task must be one of classification, "],
    ["an unknown reason", ["stats", "--reason", "mood"], "--reason must be one of cheapest_capable, "],
    [
      "a status that is none",
      ["logs", "--status", "9"],
      '--status must be an integer from 100 to 599, not "9"',
    ],
    ["a limit out of bounds", ["logs", "--limit", "100001"], "--limit must be an integer from 1 to 100000"],
    [
      "a time that is none",
      ["stats", "--from", "yesterday"],
      "--from must be an ISO 8601 time or milliseconds",
    ],
    ["an unknown format", ["logs", "--format", "xml"], "--format must be one of table, json, ndjson, csv"],
    [
      "JSON and another format",
      ["logs", "--json", "--format", "csv"],
      "--json and --format csv exclude each other",
    ],
    ["a missing word", ["pool"], "ID is missing"],
    ["a word too many", ["pool", "altra", "l4"], '"l4" is one word too many'],
    ["an unknown verb of pools", ["pools", "altra"], '"altra" is not known; add, delete are'],
    ["no file to add", ["pools", "add"], "FILE is missing"],
    ["a file to add that is not there", ["pools", "add", "x.json"], '"x.json" cannot be read (ENOENT)'],
    ["no pool to delete", ["pools", "delete"], "ID is missing"],
    ["two pools to delete", ["pools", "delete", "a", "b"], '"b" is one word too many'],
    [
      "an unknown verb of policy",
      ["policy", "deadlineMs=1"],
      '"deadlineMs=1" is not known; get, set, put are',
    ],
    ["no field of the policy", ["policy", "set"], "FIELD=VALUE is missing"],
    ["a policy that is not there", ["policy", "put", "x.json"], '"x.json" cannot be read (ENOENT)'],
    ["a prompt without quotes", ["route", "two", "words"], '"words" is one word too many'],
    ["no weight", ["weights"], "ID=N is missing"],
    ["a weight that is no number", ["weights", "l4=heavy"], '"l4=heavy" is not ID=N'],
    ["a negative weight", ["weights", "l4=-1"], '"l4=-1" is not ID=N'],
    ["a weight that JSON cannot hold", ["weights", `l4=${"9".repeat(400)}`], "is not ID=N"],
    ["a weight given twice", ["weights", "l4=1", "l4=2"], 'the pool "l4" is given twice'],
    ["no field", ["set", "l4"], "FIELD=VALUE is missing"],
    ["a word that is no field", ["set", "l4", "weight"], '"weight" is not FIELD=VALUE'],
    ["an empty name", ["set", "l4", "price..x=1"], '"price..x=1" is not FIELD=VALUE'],
    ["a field given twice", ["set", "l4", "weight=1", "weight=2"], '"weight" is given twice'],
    [
      "a field and a part of it",
      ["set", "l4", "price={}", "price.basis=tokens"],
      '"price.basis" is given twice ("price")',
    ],
    [
      "a part of a field and the whole",
      ["set", "l4", "price.basis=tokens", "price={}"],
      '"price" is given twice',
    ],
    [
      "a number that JSON cannot hold",
      ["set", "l4", 'price={"usdPerHour":1e999}'],
      "holds a number that is too large",
    ],
    ["an unknown verb", ["registry", "delete"], '"delete" is not known; get, versions, rollback, put are'],
    ["a version that is none", ["registry", "rollback", "v3"], "N must be an integer from 1"],
    [
      "an ETag that is none",
      ["registry", "put", "x", "--etag", "3"],
      '--etag must be the ETag of a version, like v12, not "3"',
    ],
    [
      "an ETag for a reading",
      ["registry", "get", "--etag", "v3"],
      "--etag is of rollback and put, not of get",
    ],
    ["a file that is not there", ["registry", "put", "x.json"], '"x.json" cannot be read (ENOENT)'],
  ])("%s", async (_what, argv, message) => {
    const { code, out, err } = await cli(argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err.startsWith("error: ")).toBe(true);
    expect(err).toContain(message);
    expect(err).toMatch(/\n(?:usage: pointsman |See "pointsman help"\.\n$)/);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      "no token for another machine",
      { POINTSMAN_URL: "https://x.example" },
      "POINTSMAN_ADMIN_TOKEN is not set.\n",
    ],
    ["no token at all", {}, "POINTSMAN_ADMIN_TOKEN is not set, and ./.dev.vars has no ADMIN_TOKEN"],
    ["a token of two lines", { POINTSMAN_ADMIN_TOKEN: "a\nb" }, "The admin token holds a space, a line end"],
    [
      "no URL",
      { POINTSMAN_URL: "localhost:8787" },
      'POINTSMAN_URL must be an http(s) URL, not "localhost:8787"',
    ],
    ["a URL with a password", { POINTSMAN_URL: "http://a:b@x" }, "POINTSMAN_URL must have no user"],
  ])("%s", async (_what, env, message) => {
    const { code, err } = await cli(["pools"], { env });
    expect([code, err.startsWith(`error: ${message}`)]).toEqual([2, true]);
  });
});

describe("answers that are not the API's, and none at all", () => {
  const refused = () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }));
  const elsewhere = { status: 302, headers: { location: "https://evil.example/" } };
  it.each<[string, Shell["fetch"], string]>([
    [
      "nobody listens",
      refused,
      'http://localhost:8787 cannot be reached (ECONNREFUSED). Start the router with "npm start", or set POINTSMAN_URL.',
    ],
    [
      "no answer in time",
      () => Promise.reject(new DOMException("late", "TimeoutError")),
      "http://localhost:8787 cannot be reached (no answer within 30 s).",
    ],
    [
      "a proxy's error",
      () => Promise.resolve(new Response("<h1>", { status: 502 })),
      "GET /pools answered 502, not as a Pointsman does. Is POINTSMAN_URL right?",
    ],
    [
      "a redirect",
      () => Promise.resolve(new Response(null, elsewhere)),
      "GET /pools answered 302, not as a Pointsman does.",
    ],
    [
      "a page",
      () => Promise.resolve(new Response("<h1>hello")),
      "GET /pools answered what this CLI cannot read, at its root.",
    ],
    [
      "another shape",
      () => Promise.resolve(Response.json({ data: [{ id: 1 }] })),
      "GET /pools answered what this CLI cannot read, at data.0.id.",
    ],
    [
      "an error with an escape sequence",
      () =>
        Promise.resolve(
          Response.json({ error: { message: "\u001b[2J\nroot# ", code: "x" } }, { status: 400 }),
        ),
      "\\u001b[2J\\u000aroot# \ncode: x (HTTP 400)\n",
    ],
  ])("%s", async (_what, fetch, message) => {
    const { code, out, err } = await cli(["pools"], { fetch });
    expect([code, out, err.startsWith(`error: ${message}`)]).toEqual([1, "", true]);
  });
  it.each<[string, object, string]>([
    ["param and code", { param: "weight", code: "x" }, "error: no\nparam: weight\ncode: x (HTTP 400)\n"],
    ["no param", { param: null, code: "x" }, "error: no\ncode: x (HTTP 400)\n"],
    ["neither", { param: null, code: null }, "error: no (HTTP 400)\n"],
  ])("a refusal with %s", async (_what, fields, message) => {
    const fetch = () =>
      Promise.resolve(Response.json({ error: { message: "no", ...fields } }, { status: 400 }));
    expect((await cli(["pools"], { fetch })).err).toBe(message);
  });
  it("a policy that is no JSON is not sent", async () => {
    const { code, err } = await cli(["policy", "put", "-"], { readFile: () => Promise.resolve("{") });
    expect([code, err.split("\n")[0]]).toEqual([2, 'error: "-" is not JSON']);
  });
  it("a page is not passed on as JSON", async () => {
    const { code, out } = await cli(["pools", "--json"], {
      fetch: () => Promise.resolve(new Response("<h1>")),
    });
    expect([code, out]).toEqual([1, ""]);
  });
  it("the token goes to the URL that was named, redirects are not followed", async () => {
    const seen: Request[] = [];
    const fetch = (request: Request) => {
      seen.push(request);
      return Promise.resolve(Response.json({ data: [] }));
    };
    await cli(["pools"], {
      fetch,
      env: { POINTSMAN_URL: "https://x.example/base/", POINTSMAN_ADMIN_TOKEN: TOKEN },
    });
    expect(seen.map(({ url, redirect, headers }) => [url, redirect, headers.get("authorization")])).toEqual([
      ["https://x.example/base/admin/v1/pools", "manual", `Bearer ${TOKEN}`],
    ]);
  });
});
