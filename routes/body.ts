/** A request's JSON body, with a bound on everything before anything walks it. */
import type { z } from "zod";
import { issuesOf } from "../src/registry/document.ts";
import { TooLargeError, readText } from "../src/upstream/body.ts";
import { RequestError, invalidRequest } from "./request-error.ts";

export const BODY_LIMITS = { bytesMax: 4_194_304, depthMax: 64, issuesMax: 20 } as const;

/** The parsed JSON of a body; throws a RequestError that says what is wrong with it. */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request, BODY_LIMITS.bytesMax).catch(unreadable);
  if (text.trim() === "") throw invalidRequest(null, "The body is empty; a JSON object is expected.");
  if (depthOver(text, BODY_LIMITS.depthMax))
    throw invalidRequest(null, `The body nests deeper than ${BODY_LIMITS.depthMax} levels.`);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, and a body is a prompt.
    throw invalidRequest(null, "The body is not valid JSON.");
  }
}

function unreadable(error: unknown): never {
  if (error instanceof TooLargeError)
    throw new RequestError({ kind: "body_too_large", limitBytes: BODY_LIMITS.bytesMax });
  throw invalidRequest(null, "The body could not be read to its end.");
}

const [QUOTE, BACKSLASH, BRACKET, BRACE, BRACKET_END, BRACE_END] = [34, 92, 91, 123, 93, 125];

/** True when JSON text nests deeper than `limit`. Strings are skipped natively: they are most of a prompt. */
export function depthOver(text: string, limit: number): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) {
      index = stringEnd(text, index);
    } else if (code === BRACKET || code === BRACE) {
      depth += 1;
      if (depth > limit) return true;
    } else if (code === BRACKET_END || code === BRACE_END) {
      depth -= 1;
    }
  }
  return false;
}

/** The index of the quote that ends the string which starts at `start`; the text's length when none does. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return text.length;
}

/** Parses with a schema; the error names the first field that is wrong and lists the others. */
export function parseWith<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidIssues(issuesOf(parsed.error.issues));
}

export function invalidIssues(
  issues: readonly { readonly path: string; readonly message: string }[],
): RequestError {
  const shown = issues.slice(0, BODY_LIMITS.issuesMax);
  const text = shown.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  return new RequestError({
    kind: "invalid_request",
    param: shown[0]?.path || null,
    message: text,
    issues: shown,
  });
}
