/** `npm run deploy`: the Worker and what it needs, on the account that wrangler is logged in to. */
import { DEPLOY_USAGE, parseDeployArguments } from "./deploy/arguments.ts";
import { deploy, nextSteps, rehearse } from "./deploy/flow.ts";
import { readSettings } from "./deploy/settings.ts";
import { stepsOf } from "./deploy/steps.ts";
import { commandText, runWrangler } from "./deploy/wrangler.ts";

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const tell = (text: string) => console.log(text);

/** Whether everything that was asked for was done. */
async function main(args: readonly string[]): Promise<boolean> {
  const asked = parseDeployArguments(args);
  if (asked.help) {
    tell(DEPLOY_USAGE);
    return true;
  }
  const settings = readSettings();
  const steps = stepsOf(settings, asked.flags);
  if (asked.dryRun) {
    const built = await rehearse(runWrangler, steps, tell);
    tell(
      built
        ? "A dry run: nothing was changed."
        : "A dry run: nothing was changed, and the upload would fail.",
    );
    return built;
  }
  const ended = await deploy(runWrangler, steps, tell);
  if (ended.ok) {
    tell(`\n${nextSteps(ended, settings.ownHosts)}`);
    return true;
  }
  console.error(`\n${ended.problem}\n\nStopped at: ${ended.step.title} (${commandText(ended.step.args)})`);
  console.error("What was done before that stays, and npm run deploy finds it again.");
  return false;
}

try {
  if (!(await main(process.argv.slice(2)))) process.exitCode = 1;
} catch (error) {
  console.error(`${messageOf(error)}\n${DEPLOY_USAGE}`);
  process.exitCode = 2;
}
