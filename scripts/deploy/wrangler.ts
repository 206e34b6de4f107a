/** wrangler's command line as a function, so that what decides on its answers can be tried without an account. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

export type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs one command of wrangler to its end; never rejects for a command that failed. */
export type Run = (args: readonly string[], options?: { readonly stdin?: string }) => Promise<Outcome>;

export const ROOT = join(import.meta.dirname, "..", "..");
export const WRANGLER = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
export const WRANGLER_ENV = { WRANGLER_SEND_METRICS: "false", FORCE_COLOR: "0" };

/** Without colours, which wrangler prints into a pipe too. */
const plain = (parts: readonly string[]): string => stripVTControlCharacters(parts.join(""));

/**
 * The real one. Its output is a pipe, so wrangler asks nothing: a question that it cannot decide is an
 * error with its own words, which the caller shows.
 */
export const runWrangler: Run = (args, { stdin } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WRANGLER, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...WRANGLER_ENV },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const [stdout, stderr]: [string[], string[]] = [[], []];
    child.stdout.setEncoding("utf8").on("data", (text: string) => stdout.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => stderr.push(text));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code: code ?? 1, stdout: plain(stdout), stderr: plain(stderr) });
    });
    // A command that ends before it reads leaves a broken pipe; its exit code says why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin ?? "");
  });

/** What it printed, errors first: they are why anybody reads this. */
export const outputOf = ({ stdout, stderr }: Outcome): string => `${stderr.trim()}\n${stdout.trim()}`.trim();

/** A command as a person would type it. */
export const commandText = (args: readonly string[]): string =>
  ["npx wrangler", ...args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : JSON.stringify(arg)))].join(
    " ",
  );
