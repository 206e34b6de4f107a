/** The policy: the registry document's other half. A change of it replaces the document that was read, and no newer one. */
import { z } from "zod";
import { mergePatch } from "../../src/registry/patch.ts";
import { type Asked, wordsNamed } from "./arguments.ts";
import { type Answer, read } from "./api.ts";
import { type Commands, type Context, type Verbs, verbNamed } from "./command.ts";
import { versionOf } from "./etag.ts";
import { quoted, usageError } from "./failure.ts";
import { fieldsOf, jsonText, patchOf, valueAt } from "./fields.ts";
import { parsedJson } from "./text.ts";

const documentSchema = z.looseObject({ policy: z.looseObject({}) });
type Policy = z.infer<typeof documentSchema>["policy"];

const policyText = (context: Context, policy: Policy): string =>
  JSON.stringify(policy, null, context.json ? undefined : 2);

async function get(asked: Asked, context: Context): Promise<void> {
  wordsNamed(asked, []);
  const { policy } = read(await context.api("/registry"), documentSchema);
  context.print(policyText(context, policy));
}

async function replaced(context: Context, change: (policy: Policy) => unknown): Promise<Answer> {
  const answer = await context.api("/registry");
  const document = read(answer, documentSchema);
  const body = JSON.stringify({ ...document, policy: change(document.policy) });
  const ifMatch = answer.headers.get("etag") ?? "";
  return context.api("/registry", { method: "PUT", body, ifMatch });
}

function tell(context: Context, answer: Answer, now: (policy: Policy) => string): void {
  const { policy } = read(answer, documentSchema);
  context.print(
    context.json ? policyText(context, policy) : `${now(policy)}\nThe registry is now ${versionOf(answer)}.`,
  );
}

async function set({ words }: Asked, context: Context): Promise<void> {
  if (words.length === 0) throw usageError("FIELD=VALUE is missing");
  const fields = fieldsOf(words);
  tell(context, await replaced(context, (policy) => mergePatch(policy, patchOf(fields))), (policy) =>
    fields.map(({ path }) => `${path.join(".")} ${jsonText(valueAt(policy, path))}`).join(", "),
  );
}

async function put(asked: Asked, context: Context): Promise<void> {
  const [path = ""] = wordsNamed(asked, ["FILE"]);
  const policy = parsedJson(await context.readFile(path));
  if (policy === undefined) throw usageError(`${quoted(path)} is not JSON`);
  tell(context, await replaced(context, () => policy), (now) => policyText(context, now));
}

const VERBS: Verbs = { get, set, put };

export const POLICY_COMMANDS: Commands = {
  policy: {
    usage: "policy [get | set FIELD=VALUE … | put FILE]",
    summary: "profiles, defaults and timeouts: read, change fields, replace (FILE may be -)",
    flags: {},
    run: async ({ words: [verb = "get", ...words], flags }, context) => {
      await verbNamed(VERBS, verb)({ words, flags }, context);
    },
  },
};
