/** The registry document: parsed, cross-checked and changed. Pure. */
import type { z } from "zod";
import type { Issue } from "../domain/errors.ts";
import { HARDWARE } from "../domain/hardware.ts";
import { SHIPPED_PROFILES, profileSchema, type Profile } from "../domain/policy.ts";
import { type Pool, type Target, targetId } from "../domain/pool.ts";
import { type RegistryDocument, registryDocumentSchema } from "../domain/registry.ts";
import { type UrlRules, backendUrlProblem } from "./url.ts";

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly issues: readonly Issue[] };

const HARDWARE_IDS = Object.keys(HARDWARE);

type ZodIssue = Pick<z.core.$ZodIssue, "path" | "message"> & {
  readonly code?: string;
  readonly keys?: readonly string[];
};

/** `pools[0].price.usdPerHour`, the way a reader would write it. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );

/** One issue a field: an unknown field is named by its own path, not by its parent's. */
export const issuesOf = (issues: readonly ZodIssue[]): Issue[] =>
  issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" && issue.keys !== undefined
      ? issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: "is not a known field" }))
      : [{ path: pathText(issue.path), message: issue.message }],
  );

/** Parses a whole document and checks what no single field can: unique ids, names that exist, URLs. */
export function parseDocument(input: unknown, rules: UrlRules): Parsed<RegistryDocument> {
  const parsed = registryDocumentSchema.safeParse(input);
  if (!parsed.success) return { ok: false, issues: issuesOf(parsed.error.issues) };
  const document = parsed.data;
  const issues = [
    ...duplicateIds(document.pools),
    ...document.pools.flatMap((pool, index) => poolIssues(pool, `pools[${index}]`, rules)),
    ...policyIssues(document),
  ];
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: document };
}

/** Named as a backend's credential, one of these would be sent to it. */
const OWN_SECRETS = new Set(["ADMIN_TOKEN", "DEV_API_KEY", "API_KEYS", "KEY_PEPPER"]);

function poolIssues(pool: Pool, at: string, rules: UrlRules): Issue[] {
  const path = (field: string) => (at === "" ? field : `${at}.${field}`);
  const urls = pool.backends.flatMap((backend, index) => {
    const problem = backendUrlProblem(backend.url, rules);
    return problem === null ? [] : [{ path: path(`backends[${index}].url`), message: problem }];
  });
  const secrets = pool.backends.flatMap(({ secret }, index) =>
    secret !== undefined && OWN_SECRETS.has(secret)
      ? [{ path: path(`backends[${index}].secret`), message: `${secret} is the router's own` }]
      : [],
  );
  const names = pool.models.flatMap((model, index) =>
    [model.id, ...model.aliases]
      .filter((name) => name === "auto" || name.startsWith("auto/") || name.startsWith("pool/"))
      .map((name) => ({ path: path(`models[${index}]`), message: `the name ${name} is reserved` })),
  );
  const known = pool.hardware === undefined || HARDWARE_IDS.includes(pool.hardware.id);
  const hardware = known
    ? []
    : [{ path: path("hardware.id"), message: `unknown hardware; one of ${HARDWARE_IDS.join(", ")}` }];
  return [...urls, ...secrets, ...names, ...hardware];
}

const duplicateIds = (pools: readonly Pool[]): Issue[] =>
  pools.flatMap((pool, index) =>
    pools.findIndex((other) => other.id === pool.id) === index
      ? []
      : [{ path: `pools[${index}].id`, message: `${pool.id} is already taken` }],
  );

function policyIssues({ pools, policy }: RegistryDocument): Issue[] {
  const profiles = new Set([...Object.keys(SHIPPED_PROFILES), ...Object.keys(policy.profiles)]);
  const missing = (["defaultProfile", "noEvidenceProfile"] as const)
    .filter((field) => !profiles.has(policy[field]))
    .map((field) => ({ path: `policy.${field}`, message: `no profile is called ${policy[field]}` }));
  const { baselineTarget } = policy;
  const targets = pools.flatMap((pool) => pool.models.map((model) => targetId({ pool, model })));
  if (baselineTarget === undefined || targets.includes(baselineTarget)) return missing;
  return [
    ...missing,
    { path: "policy.baselineTarget", message: `no pool serves the target ${baselineTarget}` },
  ];
}

/** The profile of that name: the operator's, else the shipped one, else null. */
export function profileNamed(document: RegistryDocument, name: string): Profile | null {
  const own = Object.hasOwn(document.policy.profiles, name) ? document.policy.profiles[name] : undefined;
  return own ?? SHIPPED.get(name) ?? null;
}
const SHIPPED = new Map(
  Object.entries(SHIPPED_PROFILES).map(([name, profile]) => [name, profileSchema.parse(profile)]),
);

const targetsBySnapshot = new WeakMap<RegistryDocument, readonly Target[]>();

/** Every target of a document. A document is never changed, so its list is made once. */
export function targetsOf(document: RegistryDocument): readonly Target[] {
  const made = targetsBySnapshot.get(document);
  if (made !== undefined) return made;
  const targets = document.pools.flatMap((pool) => pool.models.map((model) => ({ pool, model })));
  targetsBySnapshot.set(document, targets);
  return targets;
}
