/** A wrangler that answers from a table and remembers what it was asked. */
import type { Outcome, Run } from "../../scripts/deploy/wrangler.ts";

export type Answers = Readonly<Record<string, Outcome>>;
export type Call = { readonly args: readonly string[]; readonly stdin: string | undefined };

export const said = (stdout: string): Outcome => ({ code: 0, stdout, stderr: "" });
export const failed = (text: string): Outcome => ({ code: 1, stdout: "", stderr: `✘ [ERROR] ${text}` });

/** What is not in the table succeeds and says nothing. */
export function scriptedWrangler(answers: Answers) {
  const calls: Call[] = [];
  const run: Run = (args, options) => {
    calls.push({ args, stdin: options?.stdin });
    return Promise.resolve(answers[args.join(" ")] ?? said(""));
  };
  return { run, calls };
}
