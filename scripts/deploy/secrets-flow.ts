/** `npm run secrets`, with the command line, the dice and the keyboard as arguments. */
import type { Random } from "../launch/dev-vars.ts";
import type { SecretsArguments } from "./arguments.ts";
import type { Tell } from "./flow.ts";
import {
  listSecrets,
  makeValues,
  planSecrets,
  putSecrets,
  type SecretsPlan,
  valueProblem,
} from "./secrets.ts";
import type { Run } from "./wrangler.ts";

export type SecretsDeps = {
  readonly run: Run;
  readonly random: Random;
  readonly read: (name: string) => Promise<string>;
  readonly tell: Tell;
};

/** People need these; the pepper is between the Worker and itself. */
const SHOWN = ["ADMIN_TOKEN", "DEV_API_KEY"];

const listed = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

/** Null when what was asked for is done, else why not. */
export async function changeSecrets(asked: SecretsArguments, deps: SecretsDeps): Promise<string | null> {
  if (asked.set !== null) return setOne(asked.set, asked.dryRun, deps);
  const existing = await listSecrets(deps.run);
  if (!existing.ok && !asked.dryRun) return existing.problem;
  if (!existing.ok) deps.tell(`Not known what is set, so as if nothing were:\n${existing.problem}\n`);
  const plan = planSecrets(existing.ok ? existing.names : [], asked.rotate);
  deps.tell(`Kept: ${listed(plan.keep)}`);
  if (asked.dryRun) {
    deps.tell(`Would be made at random and set: ${listed(plan.make)}. A dry run: nothing was changed.`);
    return null;
  }
  return makeAndPut(plan, deps);
}

async function makeAndPut({ make }: SecretsPlan, { run, random, tell }: SecretsDeps): Promise<string | null> {
  if (make.length === 0) {
    tell("Nothing is missing. A new value is made with --rotate NAME.");
    return null;
  }
  const values = makeValues(make, random);
  const problem = await putSecrets(run, values);
  if (problem !== null) return `${problem}\n\nNo value was shown, and none is in use.`;
  tell(`Set: ${listed(make)}`);
  const shown = Object.entries(values).filter(([name]) => SHOWN.includes(name));
  if (shown.length > 0)
    tell(
      [
        "\nShown this once; nothing can read them back:",
        ...shown.map(([name, value]) => `  ${name}=${value}`),
      ].join("\n"),
    );
  return null;
}

async function setOne(
  name: string,
  dryRun: boolean,
  { run, read, tell }: SecretsDeps,
): Promise<string | null> {
  if (dryRun) {
    tell(`Would be set: ${name}. A dry run: no value was read, nothing was changed.`);
    return null;
  }
  const existing = await listSecrets(run);
  if (!existing.ok) return existing.problem;
  const value = await read(name);
  const problem = valueProblem(name, value) ?? (await putSecrets(run, { [name]: value }));
  if (problem !== null) return `${name} was not set: ${problem}`;
  tell(`Set: ${name}${existing.names.includes(name) ? ", over an earlier value" : ""}`);
  return null;
}
