/** The processes of a local start: each in its own group, logged to one file, and all of them ended together. */
import { spawn, type ChildProcess } from "node:child_process";
import { openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

const TAIL_LINES = 15;
const GRACE_MS = 3000;
const CHECK_EVERY_MS = 50;
const OUTPUT_WITHIN_MS = 500;

export type Member = {
  readonly name: string;
  /** The last lines it wrote. */
  tail(): string;
  /** How it ended; never rejects. */
  readonly exited: Promise<string>;
  /** The next line on its standard output. */
  readonly firstLine: Promise<string>;
};

export type Job = {
  readonly name: string;
  /** A Node script and its arguments. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
};

export type Crew = {
  spawn(job: Job): Member;
  /** Asks every process group to end, and kills what has not within 3 s. */
  stop(): Promise<void>;
  /** Kills every process group at once, for the last moment of this process. */
  killNow(): void;
};

/** Signals a whole group; false when nothing of it is left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function endGroup(pid: number): Promise<void> {
  let left = signalGroup(pid, "SIGTERM");
  for (let waitedMs = 0; left && waitedMs < GRACE_MS; waitedMs += CHECK_EVERY_MS) {
    await delay(CHECK_EVERY_MS);
    left = signalGroup(pid, 0);
  }
  if (left) signalGroup(pid, "SIGKILL");
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      const how = signal === null ? `exit code ${code ?? 0}` : signal;
      // The last lines of output may follow the exit; but what the child started may hold its output open for ever.
      const soon = setTimeout(() => resolve(how), OUTPUT_WITHIN_MS);
      child.once("close", () => {
        clearTimeout(soon);
        resolve(how);
      });
    });
  });
}

/** A crew of nobody, that logs to `logPath`. */
export function createCrew(logPath: string): Crew {
  // Written at once, so that the last lines are there however this process ends.
  const log = openSync(logPath, "w", 0o600);
  const groups = new Set<number>();

  const start = ({ name, args, cwd, env }: Job): Member => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      // Its own group, so that what it starts in turn can be ended with it.
      detached: true,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const { pid } = child;
    if (pid !== undefined) groups.add(pid);
    const tail: string[] = [];
    const keep = (line: string) => {
      writeSync(log, `[${name}] ${line}\n`);
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
    };
    const output = createInterface({ input: child.stdout });
    createInterface({ input: child.stderr }).on("line", keep);
    const exited = ending(child).then((how) => {
      // The number of a group that is empty may soon be another's.
      if (pid !== undefined && !signalGroup(pid, 0)) groups.delete(pid);
      return how;
    });
    const firstLine = once(output, "line").then(([line]) => String(line));
    output.on("line", keep);
    return { name, tail: () => tail.join("\n"), exited, firstLine };
  };

  return {
    spawn: start,
    stop: async () => {
      await Promise.all([...groups].map(endGroup));
    },
    killNow: () => {
      for (const pid of groups) signalGroup(pid, "SIGKILL");
    },
  };
}
