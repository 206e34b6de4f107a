import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freePort } from "../../scripts/shared/free-port.ts";

const root = join(import.meta.dirname, "../..");

function runScript(path: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, path), ...args], {
    cwd: root,
    encoding: "utf8",
    input: "",
    env: { ...process.env, POINTSMAN_URL: "", ...env },
  });
  return { status, stdout, stderr };
}

const SCRIPTS: readonly (readonly [path: string, command: string, flags: readonly string[]])[] = [
  ["scripts/start.ts", "npm start --", ["pool", "simulated"]],
  ["scripts/classify.ts", "npm run --silent classify", []],
  [
    "scripts/traffic.ts",
    "npm run traffic --",
    ["count", "parallel", "prompts", "max-tokens", "weight0", "url"],
  ],
  ["scripts/engines.ts", "npm run engines --", ["llama-server", "model", "count", "parallel", "max-tokens"]],
  ["bench/run.ts", "npm run bench --", ["quick", "rounds", "seconds"]],
  ["scripts/simulated-pool.ts", "node scripts/simulated-pool.ts", ["engine", "hardware", "speed"]],
];

describe("scripts tell their flags, and refuse others", () => {
  it.each(SCRIPTS)("%s --help", (path, command, flags) => {
    const { status, stdout, stderr } = runScript(path, ["--help"]);
    expect([status, stderr, stdout.startsWith(`usage: ${command}`)]).toEqual([0, "", true]);
    expect(["help", ...flags].filter((flag) => !stdout.includes(`\n  --${flag} `))).toEqual([]);
  });

  it.each(SCRIPTS)("%s --nope", (path) => {
    const { status, stdout, stderr } = runScript(path, ["--nope"]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^the flag "--nope" is not known; .*--help (?:is|are)\nSee n.* --help\.\n$/);
  });
});

describe("a script that cannot begin says why in a sentence", () => {
  it.each<[string, string, readonly string[], string]>([
    ["a count that is none", "scripts/traffic.ts", ["--count", "x"], "--count must be an integer from 1 to"],
    ["no prompts", "scripts/traffic.ts", ["--prompts", "nowhere"], '"nowhere" cannot be read (ENOENT)'],
    ["no server", "scripts/engines.ts", ["--model", "x"], "--llama-server PATH is missing"],
    ["no model", "scripts/engines.ts", ["--llama-server", "x"], "--model FILE.gguf is missing"],
    ["rounds that are none", "bench/run.ts", ["--rounds=0"], "--rounds must be an integer from 1 to"],
    ["slots that are none", "scripts/simulated-pool.ts", ["--slots", "x"], "slots: "],
  ])("%s", (_what, path, args, message) => {
    const { status, stdout, stderr } = runScript(path, args);
    expect([status, stdout, stderr.startsWith(message)]).toEqual([2, "", true]);
  });

  it("a prompt's line that is none", () => {
    const file = join(mkdtempSync(join(tmpdir(), "pointsman-prompts-")), "prompts.jsonl");
    writeFileSync(file, '{"prompt":"hi"}\n\n{"question":"hi"}\n');
    const { status, stderr } = runScript("scripts/traffic.ts", ["--prompts", file]);
    expect([status, stderr.split("\n")[0]]).toEqual([
      2,
      `${JSON.stringify(file)}, line 3: expected {"prompt": "…"}`,
    ]);
  });

  it("no router for traffic", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(runScript("scripts/traffic.ts", [], { POINTSMAN_URL: url })).toEqual({
      status: 1,
      stdout: "",
      stderr: `${url} cannot be reached (ECONNREFUSED). Start the router with "npm start", or set POINTSMAN_URL.\n`,
    });
  });
});
