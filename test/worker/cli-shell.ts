/** The command line against the Worker itself, and a log for it to read. */
import { env, exports } from "cloudflare:workers";
import type { Shell } from "../../scripts/cli/api.ts";
import { run } from "../../scripts/cli/run.ts";
import type { DecisionRecord } from "../../src/domain/record.ts";
import { writeDecisions } from "../../src/store/decision-log.ts";
import { TOKEN } from "./world.ts";

/** Runs one command line; what it wrote and its exit code. */
export const cli = async (argv: readonly string[], change: Partial<Shell> = {}) => {
  const said = { out: "", err: "" };
  const code = await run(argv, {
    fetch: (request) => exports.default.fetch(request),
    env: { POINTSMAN_URL: "https://pointsman.test/", POINTSMAN_ADMIN_TOKEN: TOKEN },
    out: (text) => (said.out += text),
    err: (text) => (said.err += text),
    readFile: () => Promise.reject(new Error("no file is expected")),
    devVars: () => Promise.resolve({}),
    ...change,
  });
  return { code, ...said };
};

export const lines = (text: string) => text.split("\n").filter((line) => line !== "");

/** As the queue's consumer writes them, a message at a time. */
export const log = async (records: readonly DecisionRecord[]): Promise<void> => {
  for (let from = 0; from < records.length; from += 100)
    await writeDecisions(env.LOG, JSON.stringify(records.slice(from, from + 100)));
};
