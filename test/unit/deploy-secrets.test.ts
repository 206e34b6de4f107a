import { describe, expect, it } from "vitest";
import { parseSecretsArguments } from "../../scripts/deploy/arguments.ts";
import { changeSecrets } from "../../scripts/deploy/secrets-flow.ts";
import { nameProblem, valueProblem } from "../../scripts/deploy/secrets.ts";
import { failed, said, scriptedWrangler, type Answers } from "./deploy-harness.ts";

const having = (...names: readonly string[]): Answers => ({
  "secret list": said(JSON.stringify(names.map((name) => ({ name, type: "secret_text" })))),
});
const ALL = ["ADMIN_TOKEN", "DEV_API_KEY", "KEY_PEPPER"];

async function changed(args: readonly string[], answers: Answers, typed = "") {
  const wrangler = scriptedWrangler(answers);
  const told: string[] = [];
  let made = 0;
  const problem = await changeSecrets(parseSecretsArguments(args), {
    run: wrangler.run,
    random: () => `random${(made += 1)}`,
    read: () => Promise.resolve(typed),
    tell: (text) => told.push(text),
  });
  const bulk = wrangler.calls.filter(({ args: given }) => given.join(" ") === "secret bulk");
  return {
    problem,
    told: told.join("\n"),
    calls: wrangler.calls,
    put: bulk.map(({ stdin }) => JSON.parse(stdin ?? "null")),
  };
}

describe("npm run secrets", () => {
  it.each<[string, readonly string[], Answers, readonly object[]]>([
    [
      "makes all three at once",
      [],
      having(),
      [{ ADMIN_TOKEN: "random1", DEV_API_KEY: "pm-random2", KEY_PEPPER: "random3" }],
    ],
    [
      "keeps what is set",
      [],
      having("ADMIN_TOKEN", "ALTRA_KEY"),
      [{ DEV_API_KEY: "pm-random1", KEY_PEPPER: "random2" }],
    ],
    ["does nothing when all are set", [], having(...ALL), []],
    ["makes no key named dev beside API_KEYS", [], having("ADMIN_TOKEN", "API_KEYS", "KEY_PEPPER"), []],
    [
      "rotates the one that is named",
      ["--rotate", "ADMIN_TOKEN"],
      having(...ALL),
      [{ ADMIN_TOKEN: "random1" }],
    ],
    [
      "rotates two, and makes what is missing",
      ["--rotate", "ADMIN_TOKEN", "--rotate", "DEV_API_KEY"],
      having("ADMIN_TOKEN", "DEV_API_KEY"),
      [{ ADMIN_TOKEN: "random1", DEV_API_KEY: "pm-random2", KEY_PEPPER: "random3" }],
    ],
    ["sets nothing in a dry run", ["--dry-run", "--rotate", "KEY_PEPPER"], having("ADMIN_TOKEN"), []],
    ["has a dry run without an account", ["--dry-run"], { "secret list": failed("not authenticated") }, []],
  ])("%s", async (_name, args, answers, put) => {
    const result = await changed(args, answers);
    expect(result.problem).toBeNull();
    expect(result.put).toEqual(put);
    expect(result.calls[0]?.args).toEqual(["secret", "list"]);
  });

  it("never has a value in an argument, and shows only what people need, once", async () => {
    const { calls, told } = await changed([], having());
    expect(calls.flatMap(({ args }) => args).join(" ")).not.toMatch(/random\d/);
    expect(told.split("random1")).toHaveLength(2);
    expect(told.split("pm-random2")).toHaveLength(2);
    expect(told).not.toContain("random3");
  });

  it("says in a dry run what would be set, without values", async () => {
    const { told } = await changed(["--dry-run"], having("ADMIN_TOKEN"));
    expect(told).toContain("Kept: ADMIN_TOKEN");
    expect(told).toContain("DEV_API_KEY, KEY_PEPPER");
    expect(told).not.toMatch(/random\d/);
  });

  it.each<[string, Answers, string]>([
    [
      "the Worker is not there yet",
      { "secret list": failed('Worker "pointsman" not found.') },
      "npm run deploy",
    ],
    [
      "not logged in",
      { "secret list": failed("it's necessary to set a CLOUDFLARE_API_TOKEN") },
      "npx wrangler login",
    ],
    [
      "the call fails, with a value in its words",
      { ...having(), "secret bulk": failed("bad value random1") },
      "bad value …",
    ],
    [
      "wrangler read nothing, and says that it went well",
      { ...having(), "secret bulk": said("🚨 No content found in file, or piped input.") },
      "No content found",
    ],
  ])("stops and shows no value when %s", async (_name, answers, text) => {
    const { problem, told } = await changed([], answers);
    expect(problem).toContain(text);
    expect(`${problem}${told}`).not.toMatch(/random\d/);
  });
});

describe("npm run secrets -- --set", () => {
  it.each<[string, readonly string[], string, readonly object[]]>([
    ["a backend's credential", ["--set", "ALTRA_KEY"], "sk-live-1", [{ ALTRA_KEY: "sk-live-1" }]],
    [
      "more API keys",
      ["--set", "API_KEYS"],
      '{"app": "0123456789abcdef"}',
      [{ API_KEYS: '{"app": "0123456789abcdef"}' }],
    ],
    ["nothing in a dry run", ["--set", "ALTRA_KEY", "--dry-run"], "sk-live-1", []],
  ])("sets %s", async (_name, args, typed, put) => {
    const result = await changed(args, having(...ALL), typed);
    expect(result.problem).toBeNull();
    expect(result.put).toEqual(put);
    expect(result.told + result.calls.flatMap(({ args: given }) => given).join(" ")).not.toContain(typed);
  });

  it("reads no value for a Worker that is not there", async () => {
    const { problem, put } = await changed(
      ["--set", "ALTRA_KEY"],
      { "secret list": failed("not found") },
      "sk-1",
    );
    expect(problem).toContain("npm run deploy");
    expect(put).toEqual([]);
  });

  it.each([
    ["empty", "ALTRA_KEY", ""],
    ["two words", "ALTRA_KEY", "two words"],
    ["two lines", "ALTRA_KEY", "one\ntwo"],
    ["not ASCII", "ALTRA_KEY", "clé-secrète"],
    ["too long", "ALTRA_KEY", "x".repeat(5121)],
    ["API_KEYS that is not JSON", "API_KEYS", "app=0123456789abcdef"],
    ["API_KEYS with a short key", "API_KEYS", '{"app":"short"}'],
  ])("refuses a value that is %s, without repeating it", async (_name, name, value) => {
    const problem = valueProblem(name, value);
    expect(problem).not.toBeNull();
    expect(problem).not.toContain(value || "\n");
    const result = await changed(["--set", name], having(...ALL), value);
    expect(result.problem).toContain(`${name} was not set`);
    expect(result.put).toEqual([]);
  });

  it.each(["ALTRA_KEY", "API_KEYS", "A".repeat(64)])("takes the name %s", (name) => {
    expect(nameProblem(name)).toBeNull();
  });
  it.each([
    ["altra", "cannot be a secret's name"],
    ["ALTRA-KEY", "cannot be a secret's name"],
    ["A".repeat(65), "cannot be a secret's name"],
    ["ADMIN_TOKEN", "--rotate ADMIN_TOKEN"],
  ])("refuses the name %s, as a registry would", (name, problem) => {
    expect(nameProblem(name)).toContain(problem);
  });

  it.each<[readonly string[], string]>([
    [["--rotate", "ALTRA_KEY"], "--rotate takes one of"],
    [["--set", "ALTRA_KEY", "--rotate", "ADMIN_TOKEN"], "do not go together"],
    [["--set", "a b"], "cannot be a secret's name"],
    [["--force"], "--force"],
    [["ADMIN_TOKEN"], "ADMIN_TOKEN"],
  ])("refuses %j", (args, message) => {
    expect(() => parseSecretsArguments(args)).toThrow(message);
  });
});
