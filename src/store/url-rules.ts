/** The URL rules of this deployment, from its settings. */
import type { UrlRules } from "../registry/url.ts";

const made = new Map<string, UrlRules>();

/** The same settings give the same object, so that what was checked under it can be remembered. */
export function urlRulesFrom(env: {
  readonly ALLOW_INSECURE_LOOPBACK: string;
  readonly OWN_HOSTS: string;
}): UrlRules {
  const key = `${env.ALLOW_INSECURE_LOOPBACK}\n${env.OWN_HOSTS}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const rules: UrlRules = {
    allowInsecureLoopback: env.ALLOW_INSECURE_LOOPBACK === "true",
    ownHosts: env.OWN_HOSTS.split(",")
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ""),
  };
  made.set(key, rules);
  return rules;
}
