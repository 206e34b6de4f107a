/** `npm run secrets`: the deployed Worker's secrets, made at random or typed, and never written to a file. */
import { parseSecretsArguments, SECRETS_USAGE } from "./deploy/arguments.ts";
import { readHidden } from "./deploy/prompt.ts";
import { changeSecrets } from "./deploy/secrets-flow.ts";
import { runWrangler } from "./deploy/wrangler.ts";
import { randomText } from "./launch/dev-vars.ts";

async function main(args: readonly string[]): Promise<void> {
  const asked = parseSecretsArguments(args);
  if (asked.help) return console.log(SECRETS_USAGE);
  const problem = await changeSecrets(asked, {
    run: runWrangler,
    random: randomText,
    read: readHidden,
    tell: (text) => console.log(text),
  });
  if (problem === null) return;
  console.error(problem);
  process.exitCode = 1;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n${SECRETS_USAGE}`);
  process.exitCode = 2;
}
