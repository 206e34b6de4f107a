/** What every write of the registry shares: If-Match, the change, and its failures. */
import type { Snapshot } from "../../src/domain/registry.ts";
import type { Change } from "../../src/store/registry-object.ts";
import { invalidIssues } from "../body.ts";
import type { RouterDeps } from "../deps.ts";
import { RequestError, invalidRequest, quoted } from "../request-error.ts";

export const etag = (version: number): string => `"v${version}"`;

/** A 304 when If-None-Match names the present version, else null. */
export function notModified(headers: Headers, version: number): Response | null {
  const known = (headers.get("if-none-match") ?? "")
    .split(",")
    .map((text) => text.trim().replace(/^W\//, ""));
  return known.includes("*") || known.includes(etag(version))
    ? new Response(null, { status: 304, headers: { etag: etag(version) } })
    : null;
}

/** What a PUT is held to: it replaces what its writer may not have seen, so it must say which version that was. */
export async function neededVersion(deps: RouterDeps, headers: Headers): Promise<number | null> {
  if ((headers.get("if-match")?.trim() ?? "") !== "") return expectedVersion(headers);
  const { version } = await asStore(deps, "registry", () => deps.registry.read());
  throw new RequestError({ kind: "precondition_required", currentVersion: version });
}

/** The version that If-Match names; null when there is none, or `*`. */
export function expectedVersion(headers: Headers): number | null {
  const text = headers.get("if-match")?.trim() ?? "";
  if (text === "" || text === "*") return null;
  const version = /^(?:W\/)?"v(\d{1,15})"$/.exec(text)?.[1];
  if (version === undefined)
    throw invalidRequest("if-match", 'If-Match must be an ETag of the registry, like "v12".');
  return Number(version);
}

export const storeProblem = (deps: RouterDeps, store: string, error: unknown): void =>
  deps.problem("store_unavailable", {
    store,
    error: error instanceof Error ? `${error.name}: ${error.message.slice(0, 200)}` : "unknown",
  });

/** Asks a store; what went wrong with it is logged by name and told to the caller as a 503. */
export const asStore = async <Value>(
  deps: RouterDeps,
  store: string,
  ask: () => Promise<Value>,
): Promise<Value> => {
  try {
    return await ask();
  } catch (error) {
    storeProblem(deps, store, error);
    throw new RequestError({ kind: "store_unavailable", store });
  }
};

/** Applies a change; throws what went wrong with it. */
export async function write(
  deps: RouterDeps,
  change: Change,
  expected: number | null,
): Promise<{ before: Snapshot; after: Snapshot }> {
  const result = await asStore(deps, "registry", () => deps.registry.change(change, expected));
  if (result.ok) return result;
  switch (result.problem) {
    case "stale":
      throw new RequestError({ kind: "precondition_failed", currentVersion: result.currentVersion });
    case "unknown_pool":
      throw new RequestError({ kind: "not_found", what: `The pool ${quoted(result.what)}` });
    case "unknown_version":
      throw new RequestError({ kind: "not_found", what: `Version ${result.what} of the registry` });
    case "exists":
      throw new RequestError({ kind: "already_exists", what: `The pool ${quoted(result.what)}` });
    case "invalid":
      throw invalidIssues(result.issues);
  }
}

/** An integer of a query, or a default; throws when it is something else. */
export function integerQuery(
  query: Query,
  name: string,
  bounds: { readonly least: number; readonly most: number },
): number | null {
  const text = query[name];
  if (text === undefined) return null;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= bounds.least && value <= bounds.most))
    throw invalidRequest(name, `${name} must be an integer from ${bounds.least} to ${bounds.most}.`);
  return value;
}

export type Query = Readonly<Record<string, string>>;

/** The query of a URL. A parameter that nobody reads, or that stands twice, is refused: it must not answer with everything. */
export function queryOf(url: string, known: readonly string[]): Query {
  const query: Record<string, string> = {};
  for (const [name, value] of new URL(url).searchParams) {
    const shown = quoted(name);
    if (!known.includes(name)) {
      const those = known.length === 0 ? "none is" : `${known.join(", ")} are`;
      throw invalidRequest(name.slice(0, 64), `The parameter ${shown} is not known; ${those}.`);
    }
    if (Object.hasOwn(query, name)) throw invalidRequest(name, `The parameter ${shown} stands twice.`);
    query[name] = value;
  }
  return query;
}
