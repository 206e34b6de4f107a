/** From headers and body to an Ask: parsed once, here. */
import type { Ask, PoolPreferences } from "../src/domain/ask.ts";
import { type ChatRequest, textOf } from "../src/domain/chat.ts";
import { hashToUnit } from "../src/domain/hash.ts";
import type { RegistryDocument } from "../src/domain/registry.ts";
import { profileNamed } from "../src/registry/document.ts";
import { poolNamed } from "../src/registry/patch.ts";
import { REQUEST_HEADERS } from "./headers.ts";
import { type HeaderReader, headerReader, refuseUnknown } from "./read-headers.ts";
import { invalidRequest } from "./request-error.ts";
import { noSuchPool, noSuchProfile, profileOf, selectorOf } from "./selector.ts";

/** The ask of a request; throws a RequestError that names the header or field. */
export function askOf(request: ChatRequest, headers: Headers, document: RegistryDocument): Ask {
  refuseUnknown(headers);
  const read = headerReader(headers);
  const selector = selectorOf(request, document);
  const named = profileOf(request, document);
  const profile = read.text(REQUEST_HEADERS.profile);
  if (profile !== null && profileNamed(document, profile) === null)
    throw invalidRequest(REQUEST_HEADERS.profile, noSuchProfile(document, profile));
  return {
    selector,
    preferences: preferencesOf(request, read, document),
    // A selector of models has no place for the profile of `auto/<profile>`.
    profile: profile ?? (selector.kind === "models" ? named : null),
    minQuality: read.number(REQUEST_HEADERS.minQuality, 0, 1),
    maxCostUsd: read.number(REQUEST_HEADERS.maxCostUsd, 0, 1_000_000),
    maxTtftMs: read.number(REQUEST_HEADERS.maxTtftMs, 0, 3_600_000),
    deadlineMs: read.number(REQUEST_HEADERS.deadlineMs, 1, 3_600_000),
    session: sessionOf(request, read.text(REQUEST_HEADERS.session)),
    stream: request.stream === true,
    maxOutputTokens: request.max_completion_tokens ?? request.max_tokens ?? null,
    choices: request.n ?? 1,
    needsLogprobs: request.logprobs === true,
    debug: read.flag(REQUEST_HEADERS.debug),
  };
}

function preferencesOf(
  { provider }: ChatRequest,
  read: HeaderReader,
  document: RegistryDocument,
): PoolPreferences {
  const known = (ids: readonly string[], param: string): readonly string[] => {
    if (ids.includes(""))
      throw invalidRequest(param, `${param} has an empty id at place ${ids.indexOf("") + 1}.`);
    const unknown = ids.find((id) => poolNamed(document, id) === null);
    if (unknown !== undefined) throw invalidRequest(param, noSuchPool(document, unknown));
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
