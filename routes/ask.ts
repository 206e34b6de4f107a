/** From headers and body to an Ask: parsed once, here. */
import type { Ask, ModelSelector, PoolPreferences } from "../src/domain/ask.ts";
import { CHAT_LIMITS, type ChatRequest, textOf } from "../src/domain/chat.ts";
import { hashToUnit } from "../src/domain/hash.ts";
import type { RegistryDocument } from "../src/domain/registry.ts";
import { serves } from "../src/dispatch/filters.ts";
import { profileNamed, targetsOf } from "../src/registry/document.ts";
import { poolNamed } from "../src/registry/patch.ts";
import { RequestError, invalidRequest, quoted } from "./request-error.ts";
import { REQUEST_HEADERS } from "./headers.ts";

const HEADER_LENGTH_MAX = 4_096;

/** The ask of a request; throws a RequestError that names the header or field. */
export function askOf(request: ChatRequest, headers: Headers, document: RegistryDocument): Ask {
  const read = headerReader(headers);
  const selector = selectorOf(request, document);
  const profile = read.text(REQUEST_HEADERS.profile);
  if (profile !== null && profileNamed(document, profile) === null)
    throw invalidRequest(REQUEST_HEADERS.profile, `No profile is called ${quoted(profile)}.`);
  return {
    selector,
    preferences: preferencesOf(request, read, document),
    profile,
    minQuality: read.number(REQUEST_HEADERS.minQuality, 0, 1),
    maxCostUsd: read.number(REQUEST_HEADERS.maxCostUsd, 0, 1_000_000),
    maxTtftMs: read.number(REQUEST_HEADERS.maxTtftMs, 0, 3_600_000),
    deadlineMs: read.number(REQUEST_HEADERS.deadlineMs, 1, 3_600_000),
    session: sessionOf(request, read.text(REQUEST_HEADERS.session)),
    stream: request.stream === true,
    maxOutputTokens: request.max_completion_tokens ?? request.max_tokens ?? null,
    needsLogprobs: request.logprobs === true,
    debug: read.flag(REQUEST_HEADERS.debug),
  };
}

function selectorOf({ model, models }: ChatRequest, document: RegistryDocument): ModelSelector {
  const auto = model === "auto" || model.startsWith("auto/");
  if (auto && models === undefined) {
    const profile = model === "auto" ? null : model.slice("auto/".length);
    if (profile !== null && profileNamed(document, profile) === null)
      throw invalidRequest("model", `No profile is called ${quoted(profile)}.`);
    return { kind: "auto", profile };
  }
  if (model.startsWith("pool/") && models === undefined) {
    const id = model.slice("pool/".length);
    if (poolNamed(document, id) === null)
      throw new RequestError({
        kind: "unknown_model",
        model: model.slice(0, CHAT_LIMITS.modelsMax * 8),
        param: "model",
      });
    return { kind: "pool", id };
  }
  const names = [...new Set(auto ? (models ?? []) : [model, ...(models ?? [])])];
  const special = names.find(
    (name) => name === "auto" || name.startsWith("auto/") || name.startsWith("pool/"),
  );
  if (special !== undefined)
    throw invalidRequest("models", `${quoted(special)} cannot stand in a list of models.`);
  const targets = targetsOf(document);
  if (!names.some((name) => targets.some((target) => serves(target, name)))) {
    throw new RequestError({
      kind: "unknown_model",
      model: names.join(", ").slice(0, 200),
      param: models === undefined ? "model" : "models",
    });
  }
  return { kind: "models", names };
}

type HeaderReader = ReturnType<typeof headerReader>;

function headerReader(headers: Headers) {
  const text = (name: string): string | null => {
    const value = headers.get(name);
    if (value === null) return null;
    if (value.trim() === "" || value.length > HEADER_LENGTH_MAX)
      throw invalidRequest(name, `${name} must have 1 to ${HEADER_LENGTH_MAX} characters.`);
    return value.trim();
  };
  const number = (name: string, least: number, most: number): number | null => {
    const value = text(name);
    if (value === null) return null;
    const parsed = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (!(parsed >= least && parsed <= most))
      throw invalidRequest(name, `${name} must be a number from ${least} to ${most}.`);
    return parsed;
  };
  const flag = (name: string): boolean => {
    const value = text(name);
    if (value === null || value === "false" || value === "0") return false;
    if (value === "true" || value === "1") return true;
    throw invalidRequest(name, `${name} must be true or false.`);
  };
  return { text, number, flag };
}

function preferencesOf(
  { provider }: ChatRequest,
  read: HeaderReader,
  document: RegistryDocument,
): PoolPreferences {
  const known = (ids: readonly string[], param: string): readonly string[] => {
    const unknown = ids.find((id) => poolNamed(document, id) === null);
    if (unknown !== undefined) throw invalidRequest(param, `No pool is called ${quoted(unknown)}.`);
    return ids;
  };
  const listed = read.text(REQUEST_HEADERS.pools);
  const allowed =
    listed === null
      ? null
      : known(
          listed.split(",").map((id) => id.trim()),
          REQUEST_HEADERS.pools,
        );
  const only = provider?.only === undefined ? null : known(provider.only, "provider.only");
  return {
    only: allowed === null ? only : only === null ? allowed : allowed.filter((id) => only.includes(id)),
    ignore: known(provider?.ignore ?? [], "provider.ignore"),
    order: known(provider?.order ?? [], "provider.order"),
    allowFallbacks: provider?.allow_fallbacks !== false && !read.flag(REQUEST_HEADERS.noFallback),
    maxPrice: {
      usdPerMTokIn: provider?.max_price?.prompt ?? null,
      usdPerMTokOut: provider?.max_price?.completion ?? null,
    },
    sort: provider?.sort ?? null,
    requireParameters: provider?.require_parameters === true,
  };
}

/** A conversation's name, hashed: the header, the client's cache key or user, else how the conversation began. */
function sessionOf(request: ChatRequest, header: string | null): string | null {
  const named = header ?? request.prompt_cache_key ?? request.user ?? null;
  const opening = request.messages.some(({ role }) => role === "assistant")
    ? request.messages.find(({ role }) => role === "user")
    : undefined;
  const text = named ?? (opening === undefined ? null : textOf(opening));
  return text === null || text === "" ? null : hashToUnit(text).toString(36).slice(2);
}
