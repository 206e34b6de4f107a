/** `model` and `models`: which targets a request names, and with which profile. */
import type { ModelSelector } from "../src/domain/ask.ts";
import type { ChatRequest } from "../src/domain/chat.ts";
import { SHIPPED_PROFILES } from "../src/domain/policy.ts";
import type { RegistryDocument } from "../src/domain/registry.ts";
import { serves } from "../src/dispatch/filters.ts";
import { profileNamed, targetsOf } from "../src/registry/document.ts";
import { poolNamed } from "../src/registry/patch.ts";
import { namesText } from "./error-text.ts";
import { RequestError, invalidRequest, quoted } from "./request-error.ts";

const AUTO = "auto/";
const POOL = "pool/";
const isAuto = (name: string): boolean => name === "auto" || name.startsWith(AUTO);
const isPool = (name: string): boolean => name.startsWith(POOL);

const unknownModel = (param: string, message: string): RequestError =>
  new RequestError({ kind: "unknown_model", param, message });

export const profileNames = (document: RegistryDocument): string[] => [
  ...new Set([...Object.keys(SHIPPED_PROFILES), ...Object.keys(document.policy.profiles)]),
];

const withoutPrefix = (name: string, prefix: string): string =>
  name.startsWith(prefix) ? `: write it without ${prefix}` : "";

export const noSuchProfile = (document: RegistryDocument, name: string): string =>
  `No profile is called ${quoted(name)}${withoutPrefix(name, AUTO)}. There are ${namesText(profileNames(document))}.`;

export const noSuchPool = (document: RegistryDocument, id: string): string => {
  const ids = document.pools.map((pool) => pool.id);
  const present = ids.length === 0 ? "The registry holds no pools." : `There are ${namesText(ids)}.`;
  return `No pool is called ${quoted(id)}${withoutPrefix(id, POOL)}. ${present}`;
};

/** Names of a request that nobody serves, short and without what could break a line. */
export const noSuchModels = (names: readonly string[]): string => {
  const shown = names.map((name) => name.slice(0, 64).replace(/\p{Cc}/gu, "?"));
  return `No pool serves the model${names.length === 1 ? "" : "s"} ${shown.join(", ")}. GET /v1/models lists what there is.`;
};

/** The profile that `auto/<profile>` names; null for another `model`. */
export function profileOf({ model }: ChatRequest, document: RegistryDocument): string | null {
  if (!model.startsWith(AUTO)) return null;
  const name = model.slice(AUTO.length);
  if (profileNamed(document, name) === null) throw unknownModel("model", noSuchProfile(document, name));
  return name;
}

/** A list beside `auto` says which models; beside a model's name it says which to fall back to. */
export function selectorOf(request: ChatRequest, document: RegistryDocument): ModelSelector {
  const { model, models } = request;
  if (models === undefined && isAuto(model)) return { kind: "auto", profile: profileOf(request, document) };
  if (models === undefined && isPool(model)) {
    const id = model.slice(POOL.length);
    if (poolNamed(document, id) === null) throw unknownModel("model", noSuchPool(document, id));
    return { kind: "pool", id };
  }
  const named = [
    ...(isAuto(model) ? [] : [{ name: model, param: "model" }]),
    ...(models ?? []).map((name, index) => ({ name, param: `models[${index}]` })),
  ];
  const special = named.find(({ name }) => isAuto(name) || isPool(name));
  if (special !== undefined)
    throw invalidRequest(
      special.param,
      `${quoted(special.name)} is no model's name, as each name with models must be; provider.only names pools.`,
    );
  const targets = targetsOf(document);
  const unknown = named.filter(({ name }) => !targets.some((target) => serves(target, name)));
  const [first] = unknown;
  if (first !== undefined) throw unknownModel(first.param, noSuchModels(unknown.map(({ name }) => name)));
  return { kind: "models", names: [...new Set(named.map(({ name }) => name))] };
}
