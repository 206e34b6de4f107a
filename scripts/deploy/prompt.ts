/** A value from whoever runs the command, that is not shown while it is typed. */
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { Writable } from "node:stream";

const INTERRUPTED_EXIT_CODE = 130;

async function typed(name: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  // Without this, Ctrl-C would leave a question that is never answered.
  lines.on("SIGINT", () => process.exit(INTERRUPTED_EXIT_CODE));
  process.stderr.write(`Value of ${name} (not shown): `);
  const value = await lines.question("");
  lines.close();
  process.stderr.write("\n");
  return value;
}

/** From a pipe to its end, or from a terminal to the end of the line. */
export async function readHidden(name: string): Promise<string> {
  return (process.stdin.isTTY ? await typed(name) : await text(process.stdin)).trim();
}
