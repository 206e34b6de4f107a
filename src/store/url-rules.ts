/** The URL rules of this deployment, from its settings. */
import type { UrlRules } from "../registry/url.ts";

const made = new Map<string, UrlRules>();

/** The same settings give the same object, so that what was checked under it can be remembered. */
export function urlRulesFrom(env: Pick<Env, "ALLOW_INSECURE_LOOPBACK" | "OWN_HOSTS">): UrlRules {
  const key = `${String(env.ALLOW_INSECURE_LOOPBACK)}\n${env.OWN_HOSTS}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const rules: UrlRules = {
    allowInsecureLoopback: String(env.ALLOW_INSECURE_LOOPBACK) === "true",
    ownHosts: env.OWN_HOSTS.split(",")
      .map((host: string) => host.trim().toLowerCase())
      .filter((host: string) => host !== ""),
  };
  made.set(key, rules);
  return rules;
}
