/** `npm test`: every test, in Node and in workerd; the last line is `N passed, N failed`. Arguments go to vitest. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const vitest = fileURLToPath(
  import.meta.resolve("vitest/package.json").replace(/package\.json$/, "vitest.mjs"),
);
const { status } = spawnSync(
  process.execPath,
  [vitest, "run", "--reporter=default", "--reporter=./scripts/reporter.ts", ...process.argv.slice(2)],
  { stdio: "inherit", env: { ...process.env, WRANGLER_SEND_METRICS: "false" } },
);
process.exitCode = status ?? 1;
