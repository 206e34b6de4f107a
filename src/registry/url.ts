/**
 * Which URLs a backend may have. Checked when the registry is written and again at the one place that
 * fetches: a rule that only guards the front door is a rule that a stored document walks around.
 */

export type UrlRules = {
  /** True only on a developer's machine: allows loopback and the local network's addresses, and http to them. */
  readonly allowInsecureLoopback: boolean;
  /** Host names of this deployment: a pool that points at them would loop. */
  readonly ownHosts: readonly string[];
};

const METADATA_HOSTS = new Set(["metadata.google.internal", "metadata", "instance-data"]);
const PRIVATE_DOMAINS = ["internal", "local", "localdomain", "home.arpa", "lan"];
/** Public DNS that answers with whatever address stands in the name, or with loopback. */
const ADDRESS_IN_NAME = ["nip.io", "sslip.io", "xip.io", "localtest.me", "lvh.me"];
const PLATFORM_HOSTS = ["api.cloudflare.com", "dash.cloudflare.com"];

/** The parser drops a user name that is empty, so it is looked for in what was written. */
const USER_INFO = /^[a-z][\w+.-]*:[/\\]*[^/\\?#]*@/i;

/** The problem with a backend's URL, or null when there is none. Reads the name as the URL parser canonicalises it. */
export function backendUrlProblem(text: string, rules: UrlRules): string | null {
  if (!URL.canParse(text)) return "is not a URL";
  if (/[\s\p{Cc}]/u.test(text)) return "must not have spaces or control characters";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || USER_INFO.test(text))
    return "must not carry a user name or password: name a secret instead";
  if (url.search !== "" || text.includes("?")) return "must not have a query";
  if (url.hash !== "" || text.includes("#")) return "must not have a fragment";
  const host = url.hostname.toLowerCase().replace(/\.+$/, "");
  if (isLoopback(host) || isPrivate(host)) {
    if (!rules.allowInsecureLoopback)
      return "must not point at loopback or a private address (ALLOW_INSECURE_LOOPBACK is not true)";
    return url.protocol === "http:" || url.protocol === "https:" ? null : "must be http or https";
  }
  if (url.protocol !== "https:") return "must be https";
  return hostProblem(host, rules);
}

function hostProblem(host: string, rules: UrlRules): string | null {
  if (rules.ownHosts.some((own) => own.toLowerCase() === host)) return "points at this deployment itself";
  if (METADATA_HOSTS.has(host) || isUnder(host, PRIVATE_DOMAINS)) return "must not be a private name";
  if (isUnder(host, ADDRESS_IN_NAME)) return "must not be a name that resolves to any address";
  if (PLATFORM_HOSTS.includes(host)) return "must not be the platform's own API";
  if (host.startsWith("[")) return "must be a host name: Workers cannot fetch IP addresses";
  if (/^\d+(\.\d+){3}$/.test(host)) return "must be a host name: Workers cannot fetch IP addresses";
  if (!host.includes(".")) return "must be a full host name";
  return null;
}

const isUnder = (host: string, domains: readonly string[]): boolean =>
  domains.some((domain) => host === domain || host.endsWith(`.${domain}`));

/** 127.0.0.0/8, ::1 and localhost. `0.0.0.0`, `[::]` and mapped addresses are not: they fall to the host rules. */
const isLoopback = (host: string): boolean =>
  host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);

/** 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16. Link-local addresses are not: a cloud's metadata lives there. */
const isPrivate = (host: string): boolean =>
  /^(?:10\.\d+|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.\d+\.\d+$/.test(host);
