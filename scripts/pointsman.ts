/** `npm run --silent pointsman -- COMMAND`: the operators' command line. docs/cli.md has every command. */
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { run } from "./cli/run.ts";
import { readDevVars } from "./launch/dev-vars.ts";

// A reader that has seen enough (`| head`) closes the pipe; that is no error of ours.
process.stdout.on("error", (error: Error) => {
  if ("code" in error && error.code === "EPIPE") process.exit();
  throw error;
});

// Set, not exited with: an exit would cut what a pipe has not taken yet.
process.exitCode = await run(process.argv.slice(2), {
  fetch: (request) => fetch(request),
  env: process.env,
  out: (chunk) => void process.stdout.write(chunk),
  err: (chunk) => void process.stderr.write(chunk),
  readFile: (path) => (path === "-" ? text(process.stdin) : readFile(path, "utf8")),
  devVars: () => readDevVars(".dev.vars"),
});
