import { describe, expect, it } from "vitest";
import { parseDeployArguments } from "../../scripts/deploy/arguments.ts";
import { deploy, nextSteps, rehearse } from "../../scripts/deploy/flow.ts";
import { readSettings } from "../../scripts/deploy/settings.ts";
import { stepsOf, urlIn } from "../../scripts/deploy/steps.ts";
import { commandText } from "../../scripts/deploy/wrangler.ts";
import { failed, said, scriptedWrangler, type Answers } from "./deploy-harness.ts";

const settings = {
  worker: "pointsman",
  queues: ["decisions", "dead"],
  database: { binding: "LOG", name: "pointsman-log" },
  ownHosts: [""],
};
const steps = stepsOf(settings, []);
const SECRETS = JSON.stringify(
  ["ADMIN_TOKEN", "DEV_API_KEY", "KEY_PEPPER"].map((name) => ({ name, type: "secret_text" })),
);
const UPLOADED = `Uploaded pointsman (0.19 sec)
Deployed pointsman triggers (0.04 sec)
  https://pointsman.acme.workers.dev
  Producer for decisions
`;

/** What the platform answers when everything is there. */
const READY: Answers = {
  "whoami --json": said('\n{"loggedIn":true,"email":"op@example.net","accounts":[]}'),
  "deploy --minify": said(UPLOADED),
  "secret list": said(SECRETS),
};

async function deployed(answers: Answers, given = steps) {
  const wrangler = scriptedWrangler({ ...READY, ...answers });
  const told: string[] = [];
  const ended = await deploy(wrangler.run, given, (text) => told.push(text));
  return { ended, told: told.join("\n"), calls: wrangler.calls.map(({ args }) => args.join(" ")) };
}

const ORDER = [
  "whoami --json",
  "queues create decisions",
  "queues create dead",
  "d1 create pointsman-log",
  "d1 migrations apply LOG --remote",
  "deploy --minify",
  "secret list",
];

describe("a deployment that goes through", () => {
  it.each<[string, Answers, readonly string[]]>([
    [
      "the first: nothing is there, no secret is set",
      { "secret list": said("[]") },
      ["ADMIN_TOKEN", "DEV_API_KEY", "KEY_PEPPER"],
    ],
    [
      "queues are there already",
      {
        "queues create decisions": failed(
          "Queue name 'decisions' is already taken. Please use a different name and try again. [code: 11009]",
        ),
        "queues create dead": failed("Queue name 'dead' is already taken. [code: 11009]"),
      },
      [],
    ],
    [
      "the database is there already",
      { "d1 create pointsman-log": failed("A database with that name already exists") },
      [],
    ],
    [
      "API_KEYS instead of a key named dev",
      { "secret list": said('[{"name":"ADMIN_TOKEN"},{"name":"API_KEYS"},{"name":"KEY_PEPPER"}]') },
      [],
    ],
    [
      "a secret is missing",
      { "secret list": said('[{"name":"ADMIN_TOKEN"},{"name":"DEV_API_KEY"}]') },
      ["KEY_PEPPER"],
    ],
  ])("%s", async (_name, answers, missing) => {
    const { ended, calls, told } = await deployed(answers);
    expect(ended).toEqual({ ok: true, url: "https://pointsman.acme.workers.dev", missing });
    expect(calls).toEqual(ORDER);
    for (const [at, command] of ORDER.entries())
      expect(told).toContain(`[${at + 1}/7] ${steps[at]?.title}\n      npx wrangler ${command}`);
  });
});

describe("a deployment that stops", () => {
  it.each<[string, Answers, { readonly last: string; readonly says: readonly string[] }]>([
    [
      "not logged in",
      { "whoami --json": { code: 1, stdout: '\n{"loggedIn":false}', stderr: "" } },
      { last: "whoami --json", says: ["npx wrangler login", "CLOUDFLARE_API_TOKEN"] },
    ],
    [
      "the platform is away",
      { "whoami --json": failed("fetch failed") },
      { last: "whoami --json", says: ["fetch failed"] },
    ],
    [
      "several accounts",
      { "queues create decisions": failed("More than one account available but unable to select one") },
      { last: "queues create decisions", says: ["CLOUDFLARE_ACCOUNT_ID"] },
    ],
    [
      "a token that may not make queues",
      { "queues create decisions": failed("Authentication error [code: 10000]") },
      { last: "queues create decisions", says: ["Authentication error", "edit Workers Scripts"] },
    ],
    [
      "a migration that fails: the new code is not uploaded",
      { "d1 migrations apply LOG --remote": failed("Migration 0002.sql failed") },
      { last: "d1 migrations apply LOG --remote", says: ["0002.sql"] },
    ],
    [
      "an account without a workers.dev subdomain",
      {
        "deploy --minify": failed(
          "register a workers.dev subdomain here:\nhttps://dash.cloudflare.com/acc/workers/onboarding",
        ),
      },
      { last: "deploy --minify", says: ["onboarding", "An account's first Worker"] },
    ],
    [
      "a KV namespace left by an upload that failed",
      {
        "deploy --minify": failed("a namespace with this account ID and title already exists [code: 10014]"),
      },
      { last: "deploy --minify", says: ["kv namespace delete", "wrangler.toml"] },
    ],
    [
      "a list of secrets that is not one",
      { "secret list": said("Hello") },
      { last: "secret list", says: ["Hello"] },
    ],
  ])("%s", async (_name, answers, { last, says }) => {
    const { ended, calls } = await deployed(answers);
    expect(calls).toEqual(ORDER.slice(0, ORDER.indexOf(last) + 1));
    expect(ended).toMatchObject({ ok: false, step: { args: last.split(" ") } });
    for (const text of says) expect(ended).toMatchObject({ problem: expect.stringContaining(text) });
  });

  it("an upload is not excused by words that excuse a queue", async () => {
    const { ended } = await deployed({ "deploy --minify": failed("the route already exists") });
    expect(ended.ok).toBe(false);
  });
});

describe("a dry run", () => {
  it.each<[string, readonly string[], Answers, boolean]>([
    ["builds", [], {}, true],
    ["passes flags on", ["--keep-vars"], {}, true],
    [
      "tells that it does not build",
      [],
      { "deploy --minify --dry-run": failed("Could not resolve hono") },
      false,
    ],
  ])("%s, and runs nothing else", async (_name, flags, answers, built) => {
    const wrangler = scriptedWrangler(answers);
    const told: string[] = [];
    const done = await rehearse(wrangler.run, stepsOf(settings, flags), (text) => told.push(text));
    expect(done).toBe(built);
    expect(wrangler.calls.map(({ args }) => args)).toEqual([["deploy", "--minify", ...flags, "--dry-run"]]);
    for (const command of ORDER.slice(0, -1)) expect(told.join("\n")).toContain(`npx wrangler ${command}`);
  });
});

describe("arguments", () => {
  it.each<[string, readonly string[], object]>([
    ["none", [], { dryRun: false, flags: [] }],
    ["own", ["--dry-run"], { dryRun: true, flags: [] }],
    [
      "wrangler's",
      ["--", "--keep-vars", "--var", "A:b"],
      { dryRun: false, flags: ["--keep-vars", "--var", "A:b"] },
    ],
    ["both", ["--dry-run", "--", "--tag", "x"], { dryRun: true, flags: ["--tag", "x"] }],
  ])("takes %s", (_name, args, expected) => {
    expect(parseDeployArguments(args)).toMatchObject(expected);
  });
  it.each([
    ["--keep-vars"],
    ["--", "--env", "staging"],
    ["--", "--env=staging"],
    ["--", "-e", "staging"],
    ["--", "--name", "other"],
    ["--", "--dry-run"],
  ])("refuses %s %s", (...args) => {
    expect(() => parseDeployArguments(args)).toThrow(args.find((arg) => arg.length > 2 || arg === "-e"));
  });
  it("goes to the upload alone", () => {
    const changed = stepsOf(settings, ["--keep-vars"]).filter(({ args }) => args.includes("--keep-vars"));
    expect(changed.map(({ kind }) => kind)).toEqual(["upload"]);
  });
});

describe("what is left to do", () => {
  const done = { ok: true, url: "https://pointsman.acme.workers.dev", missing: [] } as const;
  it.each([
    [
      "missing secrets come first",
      { ...done, missing: ["KEY_PEPPER"] },
      [""],
      "1. Set the secrets that are missing (KEY_PEPPER)",
    ],
    ["its own address is not named yet", done, [""], 'OWN_HOSTS = "pointsman.acme.workers.dev"'],
    ["no address", { ...done, url: null }, [""], "https://YOUR-WORKER/v1/chat/completions"],
    ["everything is set", done, ["pointsman.acme.workers.dev"], "1. Put a registry"],
  ])("%s", (_name, ended, ownHosts, text) => {
    expect(nextSteps(ended, ownHosts)).toContain(text);
  });
  it.each([
    ["workers.dev", UPLOADED, "https://pointsman.acme.workers.dev"],
    ["a domain of its own", `${UPLOADED}  llm.example.net (custom domain)\n`, "https://llm.example.net"],
    ["none", "No targets deployed for pointsman", null],
  ])("finds the address: %s", (_name, text, url) => {
    expect(urlIn(text)).toBe(url);
  });
});

describe("the names", () => {
  it("are those of wrangler.toml, each queue once", () => {
    expect(readSettings()).toEqual({
      worker: "pointsman",
      queues: ["pointsman-decisions", "pointsman-decisions-dead"],
      database: { binding: "LOG", name: "pointsman-log" },
      ownHosts: [""],
    });
  });
  it("are quoted where a shell would split them", () => {
    expect(commandText(["deploy", "--message", "a b"])).toBe('npx wrangler deploy --message "a b"');
  });
});
