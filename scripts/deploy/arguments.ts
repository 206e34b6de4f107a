/** What `npm run deploy` and `npm run secrets` were asked for. Both throw, with a message for the user, on what they do not understand. */
import { parseArgs } from "node:util";
import { z } from "zod";
import { NEEDED_SECRETS, type NeededSecret } from "../launch/dev-vars.ts";
import { nameProblem } from "./secrets.ts";

export const DEPLOY_USAGE = `usage: npm run deploy [-- [--dry-run] [-- FLAG…]]
Deploys the Worker to the account that wrangler is logged in to, step by step: queues, database, migrations, Worker.
What is there is kept, so it also updates. Ends with what is left to do.
  --dry-run  prints the commands, and runs only wrangler's own dry run of the upload
  FLAG…      flags of wrangler deploy, for example: npm run deploy -- -- --keep-vars
CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID are read by wrangler. Names are in wrangler.toml.`;

export const SECRETS_USAGE = `usage: npm run secrets [-- [--rotate NAME]… [--set NAME] [--dry-run]]
Makes those of ${NEEDED_SECRETS.join(", ")} that the deployed Worker does not have, and shows
ADMIN_TOKEN and DEV_API_KEY this once. What is set is kept.
  --rotate NAME  makes a new value of one of them; the old one is refused from then on
  --set NAME     sets a backend's credential, or API_KEYS, to what is on stdin or typed (it is not shown)
  --dry-run      says what would be set, and sets nothing`;

export type DeployArguments = {
  readonly help: boolean;
  readonly dryRun: boolean;
  /** For `wrangler deploy`. */
  readonly flags: readonly string[];
};

/** These would upload another Worker than the one whose queues, database and secrets the other steps look after. */
const MISLEADING = /^(?:--(?:name|env|config|cwd|dispatch-namespace|dry-run)|-[cev])(?:=|$)/;

export function parseDeployArguments(args: readonly string[]): DeployArguments {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  const flags = end < 0 ? [] : args.slice(end + 1);
  const { values } = parseArgs({
    args: [...own],
    options: { "dry-run": { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  const misleading = flags.find((flag) => MISLEADING.test(flag));
  if (misleading !== undefined)
    throw new Error(
      `${misleading} cannot be passed on: every step would have to know it. Edit wrangler.toml`,
    );
  return { help: values.help, dryRun: values["dry-run"], flags };
}

export type SecretsArguments = {
  readonly help: boolean;
  readonly dryRun: boolean;
  readonly rotate: readonly NeededSecret[];
  readonly set: string | null;
};

const rotatable = z.array(z.enum(NEEDED_SECRETS));

export function parseSecretsArguments(args: readonly string[]): SecretsArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rotate: { type: "string", multiple: true, default: [] },
      set: { type: "string" },
      "dry-run": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const rotate = rotatable.safeParse(values.rotate);
  if (!rotate.success)
    throw new Error(`--rotate takes one of ${NEEDED_SECRETS.join(", ")}; others are set with --set`);
  const set = values.set ?? null;
  if (set !== null && rotate.data.length > 0) throw new Error("--set and --rotate do not go together");
  const problem = set === null ? null : nameProblem(set);
  if (problem !== null) throw new Error(problem);
  return { help: values.help, dryRun: values["dry-run"], rotate: rotate.data, set };
}
