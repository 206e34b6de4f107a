import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { cli } from "./cli-shell.ts";
import { admin, fleet, json, setUp } from "./world.ts";

beforeAll(setUp);
beforeEach(setUp);

const file = (content: unknown) => ({
  readFile: () => Promise.resolve(typeof content === "string" ? content : JSON.stringify(content)),
});
const versionNow = async () =>
  Number(/\d+/.exec((await admin("/registry")).headers.get("etag") ?? "")?.[0] ?? Number.NaN);
const policyNow = async () =>
  z.looseObject({ policy: z.looseObject({}) }).parse(await json(await admin("/registry"))).policy;
const second = { ...fleet().pools[0], id: "altra-2" };

describe("pools that come and go", () => {
  it("adds a pool, and deletes it", async () => {
    const version = await versionNow();
    expect(await cli(["pools", "add", "-"], file(second))).toEqual({
      code: 0,
      out: `altra-2: added\nThe registry is now v${version + 1}.\n`,
      err: "",
    });
    expect(await json(await admin("/pools/altra-2"))).toMatchObject({ id: "altra-2", kind: "cpu" });
    expect(await cli(["pools", "delete", "altra-2"])).toEqual({
      code: 0,
      out: `altra-2: deleted\nThe registry is now v${version + 2}.\n`,
      err: "",
    });
    expect((await admin("/pools/altra-2")).status).toBe(404);
  });

  it("with --json prints what the API answers: the pool, and nothing of one that is gone", async () => {
    const { out } = await cli(["pools", "add", "x.json", "--json"], file(second));
    expect(JSON.parse(out)).toEqual(await json(await admin("/pools/altra-2")));
    expect(await cli(["pools", "delete", "altra-2", "--json"])).toEqual({ code: 0, out: "", err: "" });
  });

  it("warns when the last pool that takes requests is deleted", async () => {
    await cli(["weights", "h100=0"]);
    await cli(["policy", "set", "baselineTarget=null"]);
    const { err } = await cli(["pools", "delete", "altra"]);
    expect(err).toContain("no pool takes requests now");
  });

  it.each<[string, readonly string[], unknown, string]>([
    ["one that is there", ["pools", "add", "-"], fleet().pools[0], "code: already_exists (HTTP 409)\n"],
    [
      "an unknown field",
      ["pools", "add", "-"],
      { ...second, wait: 1 },
      "param: wait\ncode: invalid_request (HTTP 400)\n",
    ],
    [
      "a file that is no JSON",
      ["pools", "add", "-"],
      "{",
      "error: The body is not valid JSON.\ncode: invalid_request (HTTP 400)\n",
    ],
    [
      "one that is not there",
      ["pools", "delete", "moon"],
      "",
      'error: The pool "moon" does not exist.\ncode: not_found (HTTP 404)\n',
    ],
  ])("refuses %s", async (_what, argv, content, message) => {
    const { code, out, err } = await cli(argv, file(content));
    expect([code, out, err.endsWith(message)]).toEqual([1, "", true]);
  });
});

describe("the policy", () => {
  it("is shown, whole and on one line", async () => {
    const shown = await cli(["policy"]);
    expect(JSON.parse(shown.out)).toEqual(await policyNow());
    expect((await cli(["policy", "get", "--json"])).out).toBe(`${JSON.stringify(await policyNow())}\n`);
  });

  it("changes in the fields that were named, the pools as they were", async () => {
    const version = await versionNow();
    const words = [
      "deadlineMs=30000",
      "profiles.mine.valueOfSecondUsd=0.001",
      "profiles.mine.minQuality=0.7",
    ];
    expect(await cli(["policy", "set", ...words, "baselineTarget=null"])).toEqual({
      code: 0,
      out: `deadlineMs 30000, profiles.mine.valueOfSecondUsd 0.001, profiles.mine.minQuality 0.7, baselineTarget absent\nThe registry is now v${version + 1}.\n`,
      err: "",
    });
    expect(await policyNow()).toMatchObject({ deadlineMs: 30000, profiles: { mine: { minQuality: 0.7 } } });
    expect(await json(await admin("/pools"))).toMatchObject({ data: [{ id: "altra" }, { id: "h100" }] });
  });

  it("is replaced by a file", async () => {
    expect(await cli(["policy", "put", "-"], file({ deadlineMs: 5000 }))).toMatchObject({ code: 0, err: "" });
    const policy = await policyNow();
    expect([policy["deadlineMs"], policy["baselineTarget"]]).toEqual([5000, undefined]);
  });

  it("is not replaced where the registry has changed since it was read", async () => {
    const sent: (string | null)[] = [];
    const fetch = (request: Request) => {
      sent.push(request.headers.get("if-match"));
      return Promise.resolve(Response.json(fleet(), { headers: { etag: '"v7"' } }));
    };
    await cli(["policy", "set", "deadlineMs=1000"], { fetch });
    expect(sent).toEqual([null, '"v7"']);
  });

  it.each<[string, readonly string[], string]>([
    ["an unknown field", ["policy", "set", "wait=1"], "param: policy.wait\n"],
    ["a value out of bounds", ["policy", "set", "deadlineMs=1"], "param: policy.deadlineMs\n"],
  ])("refuses %s", async (_what, argv, message) => {
    const { code, out, err } = await cli(argv);
    expect([code, out, err]).toEqual([1, "", expect.stringContaining(message)]);
  });
});
