/** `npm start` as a newcomer meets it: real processes in a copy of this folder, so that a running one is not disturbed. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../scripts/shared/free-port.ts";

const root = join(import.meta.dirname, "../..");
const COPIED = ["src", "routes", "scripts", "migrations", "package.json", "tsconfig.json", "wrangler.toml"];
const STARTS_WITHIN_MS = 120_000;

const folder = mkdtempSync(join(tmpdir(), "pointsman-start-"));
beforeAll(() => {
  for (const name of COPIED) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Started = { readonly child: ChildProcess; readonly printed: string; readonly ended: Promise<number> };

/** Runs until the last line of the banner is there; rejects with what was printed when it ends before. */
async function start(port: number): Promise<Started> {
  const child = spawn(process.execPath, ["scripts/start.ts", "--simulated"], {
    cwd: folder,
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? -1)));
  let printed = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      if (printed.includes("Ctrl-C stops everything.")) resolve();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (printed += text));
    void ended.then((code) => reject(new Error(`ended with ${code}: ${printed}`)));
  });
  return { child, printed, ended };
}

/** Processes of this start that are still there: all of them name the folder or were started in it. */
const leftOver = (): string[] =>
  execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(folder) && !line.includes(" ps "));

/** What the printed `export` line sets. */
const exported = (printed: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...(/^ *export (.+)$/m.exec(printed)?.[1] ?? "").matchAll(/(\w+)=(\S+)/g)].map(
      ([, name = "", value = ""]) => [name, value],
    ),
  );

/** Runs the `curl` that was printed, as fetch: a machine may lack curl. */
async function runPrinted(
  printed: string,
  body = /-d '(\{"model".+)'/.exec(printed)?.[1] ?? "",
): Promise<Response> {
  const url = /curl -i (\S+)/.exec(printed)?.[1] ?? "";
  const key = /-H "authorization: (Bearer \S+)"/.exec(printed)?.[1] ?? "";
  return fetch(url, {
    method: "POST",
    headers: { authorization: key, "content-type": "application/json" },
    body,
  });
}

describe.skipIf(process.platform === "win32")("npm start", { timeout: STARTS_WITHIN_MS }, () => {
  it("says that pools are simulated, answers the request that it prints, and leaves nothing behind", async () => {
    const { child, printed, ended } = await start(await freePort());
    expect(printed).toContain("SIMULATED");
    const answer = await runPrinted(printed);
    expect([answer.status, answer.headers.get("x-pointsman-pool")]).toEqual([200, "altra"]);
    expect(await answer.text()).toContain("simulated llama-3.2-3b-instruct");
    const { KEY, POINTSMAN_ADMIN_TOKEN: token, POINTSMAN_URL: url } = exported(printed);
    const headers = { authorization: `Bearer ${KEY}` };
    const models = await fetch(`${url}/v1/models`, { headers });
    const pools = await fetch(`${url}/admin/v1/pools`, { headers: { authorization: `Bearer ${token}` } });
    expect([models.status, pools.status]).toEqual([200, 200]);
    const [, faults = "", fault = ""] = /curl (\S+\/simulation\/faults) -d '(.+)'/.exec(printed) ?? [];
    await fetch(faults, { method: "POST", body: fault });
    expect((await runPrinted(printed)).headers.get("x-pointsman-reason")).toBe("fallback_error");
    const refused = await runPrinted(printed, "a".repeat(5_000_000));
    expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining("body_too_large")]);
    child.kill("SIGINT");
    expect(await ended).toBe(0);
    expect(leftOver()).toEqual([]);
  });

  it("beside another, on another port, is another router: neither touches the other's registry", async () => {
    const [first, second] = [await start(await freePort()), await start(await freePort())];
    const registryOf = async ({ printed }: Started, init: RequestInit = {}, path = "/registry") => {
      const { POINTSMAN_ADMIN_TOKEN: token, POINTSMAN_URL: url } = exported(printed);
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      return (await fetch(`${url}/admin/v1${path}`, { ...init, headers })).text();
    };
    const before = await registryOf(first);
    await registryOf(second, { method: "PATCH", body: '{"draining":true}' }, "/pools/altra");
    expect([await registryOf(first), before.includes('"draining":true')]).toEqual([before, false]);
    for (const { child } of [first, second]) child.kill("SIGINT");
    expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
  });

  it("stops everything when its Worker crashes, and says so", async () => {
    const { ended } = await start(await freePort());
    const wrangler = leftOver().filter((line) => line.includes("wrangler.js dev"));
    for (const line of wrangler) process.kill(Number(line.trim().split(" ")[0]), "SIGKILL");
    expect([wrangler.length > 0, await ended]).toEqual([true, 1]);
    expect(leftOver()).toEqual([]);
  });

  it("stops everything when what started it is killed outright", async () => {
    const port = await freePort();
    const script = `const { spawn } = require("node:child_process"); const child = spawn(process.execPath, ["scripts/start.ts", "--simulated"], { stdio: ["ignore", "pipe", "ignore"] }); child.stdout.pipe(process.stdout);`;
    const parent = spawn(process.execPath, ["-e", script], {
      cwd: folder,
      env: { ...process.env, PORT: String(port) },
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise<void>((resolve) => {
      let printed = "";
      parent.stdout.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
        if (printed.includes("Ctrl-C stops everything.")) resolve();
      });
    });
    parent.kill("SIGKILL");
    await expect.poll(leftOver, { timeout: 20_000, interval: 250 }).toEqual([]);
  });
});
