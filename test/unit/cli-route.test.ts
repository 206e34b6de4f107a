import { describe, expect, it } from "vitest";
import { run } from "../../scripts/cli/run.ts";
import { NOW_MS, decideFor, pool } from "./fixtures.ts";

const ejected = { inFlight: 0, strikes: 2, ejectedUntilMs: NOW_MS + 1 };
const textOf = async (decision: unknown): Promise<string> => {
  let text = "";
  await run(["route", "hi"], {
    fetch: () => Promise.resolve(Response.json(decision)),
    env: { POINTSMAN_ADMIN_TOKEN: "t" },
    out: (chunk) => (text += chunk),
    err: (chunk) => (text += chunk),
    readFile: () => Promise.reject(new Error("no file is expected")),
    devVars: () => Promise.resolve({}),
  });
  return text;
};

describe("a dry run tells of ejection", () => {
  it.each<[string, readonly string[], readonly RegExp[]]>([
    [
      "a pool whose backends are out",
      ["one/a"],
      [/\npick +two\//, /\none\/one-8b +down +every .*ejected after/],
    ],
    [
      "all pools, so that ejection is ignored",
      ["one/a", "two/a"],
      [/^reason +panic_all_unhealthy: .*eject/i, /\n +1 +\w+\/.*\n +2 +\w+\//],
    ],
  ])("%s", async (_what, backends, patterns) => {
    const fleet = new Map(backends.map((backend) => [backend, ejected]));
    const text = await textOf(decideFor({ pools: [pool("one"), pool("two")], fleet }));
    for (const pattern of patterns) expect(text).toMatch(pattern);
  });
});
