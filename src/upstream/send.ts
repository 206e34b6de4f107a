/** The one place that calls `fetch`. */
import { type UrlRules, backendUrlProblem } from "../registry/url.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type Outgoing = {
  /** The backend's base URL, as in the registry. */
  readonly baseUrl: string;
  readonly path: "chat/completions";
  readonly body: string;
  /** The backend's credential, or null when it needs none. */
  readonly credential: string | null;
  readonly requestId: string;
  readonly traceparent: string | null;
  /** How many routers the request has passed, this one included. */
  readonly hops: number;
  readonly signal: AbortSignal;
};

/** A backend's URL broke the rules: the registry holds what it must not, or the rules became stricter. */
export class ForbiddenUrlError extends Error {
  override readonly name = "ForbiddenUrlError";
}

/** `base` with `path` under it; throws when the result would leave the base's origin and path. */
export function urlUnder(base: string, path: string): string {
  const root = new URL(base.endsWith("/") ? base : `${base}/`);
  const url = new URL(path, root);
  if (url.origin !== root.origin || !url.pathname.startsWith(root.pathname))
    throw new ForbiddenUrlError("the path leaves the backend's URL");
  return url.href;
}

const checkedUrls = new WeakMap<UrlRules, Map<string, string>>();
/** Checked URLs remembered for each set of rules; a registry holds at most 20,000 backends. */
const CHECKED_MAX = 20_000;

function checkedUrl(outgoing: Outgoing, rules: UrlRules): string {
  const known = checkedUrls.get(rules) ?? new Map<string, string>();
  checkedUrls.set(rules, known);
  const made = known.get(outgoing.baseUrl);
  if (made !== undefined) return made;
  const problem = backendUrlProblem(outgoing.baseUrl, rules);
  if (problem !== null) throw new ForbiddenUrlError(`the backend's URL ${problem}`);
  const url = urlUnder(outgoing.baseUrl, outgoing.path);
  if (known.size >= CHECKED_MAX) known.clear();
  known.set(outgoing.baseUrl, url);
  return url;
}

/** Sends one attempt. Headers are made here and none is copied from the client; redirects are not followed. */
export async function send(outgoing: Outgoing, rules: UrlRules, fetcher: Fetch = fetch): Promise<Response> {
  const url = checkedUrl(outgoing, rules);
  const headers: Record<string, string> = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "accept-encoding": "identity",
    "user-agent": "pointsman",
    "x-request-id": outgoing.requestId,
    "x-pointsman-hops": String(outgoing.hops),
  };
  if (outgoing.credential !== null) headers["authorization"] = `Bearer ${outgoing.credential}`;
  if (outgoing.traceparent !== null) headers["traceparent"] = outgoing.traceparent;
  return fetcher(url, {
    method: "POST",
    headers,
    body: outgoing.body,
    redirect: "manual",
    signal: outgoing.signal,
  });
}
