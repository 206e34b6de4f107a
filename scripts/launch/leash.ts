/**
 * `node leash.ts SCRIPT ARG…`: runs a Node script and ends it, with everything it started, when stdin
 * closes. The parent holds the other end of stdin, so even a parent that is killed outright leaves
 * nothing behind. Must be the leader of its own process group.
 */
import { spawn } from "node:child_process";

const KILL_AFTER_MS = 3000;

const child = spawn(process.execPath, process.argv.slice(2), { stdio: ["ignore", "inherit", "inherit"] });
child.on("error", () => process.exit(1));
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 143)));

/** The group holds this process too: it must outlive its own signal to see the child end. */
process.on("SIGTERM", () => child.kill("SIGTERM"));

process.stdin.on("end", () => {
  process.kill(-process.pid, "SIGTERM");
  setTimeout(() => process.kill(-process.pid, "SIGKILL"), KILL_AFTER_MS);
});
process.stdin.on("error", () => process.stdin.destroy());
process.stdin.resume();
