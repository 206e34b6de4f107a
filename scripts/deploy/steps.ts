/** What a deployment runs, in an order in which a first one does not fail for want of what a later step makes. */
import { z } from "zod";
import { namesIn } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import { outputOf, type Outcome } from "./wrangler.ts";

export type Step = {
  readonly kind: "account" | "make" | "migrate" | "upload" | "secrets";
  readonly title: string;
  readonly args: readonly string[];
};

/** wrangler's arguments to upload the Worker: minified, so that what is measured by `npm run bundle` is what runs. */
export const uploadArgs = (flags: readonly string[]): readonly string[] => ["deploy", "--minify", ...flags];

export function stepsOf(
  { worker, queues, database }: Settings,
  flags: readonly string[],
): readonly [Step, ...Step[]] {
  return [
    { kind: "account", title: "Is wrangler logged in?", args: ["whoami", "--json"] },
    // The upload makes the queue that it writes to, but is refused while one that it only reads from is missing.
    ...queues.map((queue): Step => ({
      kind: "make",
      title: `Create the queue ${queue}, unless it is there`,
      args: ["queues", "create", queue],
    })),
    // Tables come before the code that writes to them, the first time and every time. The upload finds this database by its name.
    {
      kind: "make",
      title: `Create the database ${database.name}, unless it is there`,
      args: ["d1", "create", database.name],
    },
    {
      kind: "migrate",
      title: "Bring the database to the newest migration",
      args: ["d1", "migrations", "apply", database.binding, "--remote"],
    },
    {
      kind: "upload",
      title: `Upload the Worker ${worker}; the first time this also makes its KV namespace`,
      args: uploadArgs(flags),
    },
    // Last: only a Worker that is there has secrets.
    { kind: "secrets", title: "Which secrets are set?", args: ["secret", "list"] },
  ];
}

const NOT_LOGGED_IN = `wrangler is not logged in. Do one of these, then run this again:
  npx wrangler login             opens a browser
  export CLOUDFLARE_API_TOKEN=…  a token that may edit Workers Scripts, Workers KV Storage, D1 and Queues
                                 and read Account Settings`;

/** The platform's words for a queue, and wrangler's for a database. */
const ALREADY_THERE = /already (?:exists|taken)|code: (?:11009|7502)\b/i;

const HINTS: readonly (readonly [said: RegExp, todo: string])[] = [
  [
    /More than one account/,
    "Choose the account: export CLOUDFLARE_ACCOUNT_ID=… with one of those ids, then run this again.",
  ],
  [
    /workers\.dev subdomain/,
    "An account's first Worker needs a workers.dev subdomain: register one at the address above, then run this again.",
  ],
  [
    // wrangler makes the namespace before it uploads and remembers it nowhere but on the Worker.
    /code: 10014\b|namespace with this account ID and title already exists/,
    `An earlier upload made the KV namespace and then failed, or the Worker was deleted without it. It holds only a copy of the
registry: delete it (npx wrangler kv namespace list, then npx wrangler kv namespace delete --namespace-id ID) and run this
again, or keep it by writing id = "ID" under [[kv_namespaces]] in wrangler.toml.`,
  ],
  [
    /Authentication error|code: (?:10000|9109)\b/,
    "The token may not do this: it has to edit Workers Scripts, Workers KV Storage, D1 and Queues.",
  ],
];

const isLoggedOut = ({ code, stdout }: Outcome): boolean => {
  if (code === 0) return false;
  const found = /\{\s*"loggedIn":\s*(true|false)/.exec(stdout);
  return found?.[1] === "false";
};

/** Whether a command that failed had nothing to do. */
export const wasThere = (step: Step, outcome: Outcome): boolean =>
  step.kind === "make" && outcome.code !== 0 && ALREADY_THERE.test(outputOf(outcome));

/** Why a deployment must stop after this step, and what to do about it; null when it goes on. */
export function problemOf(step: Step, outcome: Outcome): string | null {
  if (step.kind === "account" && isLoggedOut(outcome)) return NOT_LOGGED_IN;
  if (step.kind === "secrets" && outcome.code === 0 && namesIn(outcome.stdout) === null)
    return `wrangler answered what is not a list of secrets:\n${outputOf(outcome)}`;
  if (outcome.code === 0 || wasThere(step, outcome)) return null;
  const said = outputOf(outcome);
  const todo = HINTS.filter(([pattern]) => pattern.test(said)).map(([, text]) => text);
  return [said, ...todo].join("\n\n");
}

const accountsSchema = z.object({ email: z.string().optional() });

/** Whom wrangler acts for, if it says. */
export function whoIs(stdout: string): string | null {
  try {
    return accountsSchema.parse(JSON.parse(stdout)).email ?? null;
  } catch {
    return null;
  }
}

/** Where the Worker answers: its own domain if it has one, else on workers.dev. */
export function urlIn(uploaded: string): string | null {
  const domain = /^\s+(\S+) \(custom domain/m.exec(uploaded)?.[1];
  if (domain !== undefined) return `https://${domain}`;
  return /https:\/\/[\w.-]+\.workers\.dev/.exec(uploaded)?.[0] ?? null;
}
