/** A deployment, step by step: each is said before it is done, and the first that fails ends it. */
import { missingSecrets, namesIn } from "./secrets.ts";
import { problemOf, type Step, urlIn, wasThere, whoIs } from "./steps.ts";
import { commandText, outputOf, type Outcome, type Run } from "./wrangler.ts";

export type Tell = (text: string) => void;

export type Deployed = {
  readonly ok: true;
  /** Null when wrangler named no address. */
  readonly url: string | null;
  readonly missing: readonly string[];
};
export type Ended = Deployed | { readonly ok: false; readonly step: Step; readonly problem: string };

const announce = (step: Step, at: number, of: number): string =>
  `[${at + 1}/${of}] ${step.title}\n      ${commandText(step.args)}`;

const indented = (text: string): string =>
  text
    .trim()
    .split("\n")
    .map((line) => `      ${line}`)
    .join("\n");

/** What is worth reading of a step that went well. */
function report(step: Step, outcome: Outcome): string | null {
  if (wasThere(step, outcome)) return indented("It is there.");
  if (step.kind === "account") return indented(whoIs(outcome.stdout) ?? "Yes.");
  return step.kind === "migrate" || step.kind === "upload" ? indented(outcome.stdout) : null;
}

export async function deploy(run: Run, steps: readonly Step[], tell: Tell): Promise<Ended> {
  let [url, missing]: [string | null, readonly string[]] = [null, []];
  for (const [at, step] of steps.entries()) {
    tell(announce(step, at, steps.length));
    const outcome = await run(step.args);
    const problem = problemOf(step, outcome);
    if (problem !== null) return { ok: false, step, problem };
    const text = report(step, outcome);
    if (text !== null) tell(text);
    if (step.kind === "upload") url = urlIn(outcome.stdout);
    if (step.kind === "secrets") missing = missingSecrets(namesIn(outcome.stdout) ?? []);
  }
  return { ok: true, url, missing };
}

/** Prints what `deploy` would run, and runs nothing but wrangler's own dry run of the upload. */
export async function rehearse(run: Run, steps: readonly Step[], tell: Tell): Promise<boolean> {
  for (const [at, step] of steps.entries()) {
    tell(announce(step, at, steps.length));
    if (step.kind !== "upload") continue;
    const args = [...step.args, "--dry-run"];
    tell(indented(`Rehearsed as: ${commandText(args)}`));
    const outcome = await run(args);
    tell(indented(outputOf(outcome)));
    if (outcome.code !== 0) return false;
  }
  return true;
}

/** What is left to do, once the Worker is uploaded. */
export function nextSteps({ url, missing }: Deployed, ownHosts: readonly string[]): string {
  const base = url ?? "https://YOUR-WORKER";
  const host = base.slice("https://".length);
  const todo = [
    ...(missing.length === 0
      ? []
      : [`Set the secrets that are missing (${missing.join(", ")}):\n     npm run secrets`]),
    ...(url === null || ownHosts.includes(host)
      ? []
      : [
          `Name this address in wrangler.toml, so that no pool can point back at it, and deploy again:\n     OWN_HOSTS = "${host}"`,
        ]),
    `Put a registry (docs/deploy.md has an example to save as registry.json):
     curl -X PUT ${base}/admin/v1/registry -H "authorization: Bearer $ADMIN_TOKEN" \\
       -H "if-match: *" -H "content-type: application/json" --data @registry.json`,
    `Ask:
     curl -i ${base}/v1/chat/completions -H "authorization: Bearer $DEV_API_KEY" \\
       -H "content-type: application/json" -d '{"model":"auto","messages":[{"role":"user","content":"Hello"}]}'`,
  ];
  return [
    `The Worker is at ${url ?? "an address that wrangler did not name: see the dashboard"}. What is left:`,
    ...todo.map((text, index) => `  ${index + 1}. ${text}`),
  ].join("\n");
}
