/** The router's own request headers, read and bounded; an error names the header. */
import { REQUEST_HEADERS, RESPONSE_HEADERS } from "./headers.ts";
import { nearest } from "./nearest.ts";
import { invalidRequest } from "./request-error.ts";

const HEADER_LENGTH_MAX = 4_096;
/** Of an unknown name in an error. */
const NAME_LENGTH_MAX = 64;

const PREFIX = "x-pointsman-";
const KNOWN: ReadonlySet<string> = new Set(Object.values(REQUEST_HEADERS));
const SUFFIXES = Object.values(REQUEST_HEADERS).map((name) => name.slice(PREFIX.length));
const OF_ANSWERS: ReadonlySet<string> = new Set(RESPONSE_HEADERS);

/** A limit in a misspelt header would be a limit that nobody keeps: throws a RequestError that names it. */
export function refuseUnknown(headers: Headers): void {
  for (const name of headers.keys()) {
    if (name.startsWith(PREFIX) && !KNOWN.has(name)) throw unknownHeader(name);
  }
}

function unknownHeader(name: string) {
  const shown = name.slice(0, NAME_LENGTH_MAX);
  const what = OF_ANSWERS.has(name) ? "is a header of answers, not of requests" : "is not a header of ours";
  const meant = nearest(name.slice(PREFIX.length), SUFFIXES);
  const help =
    meant === null
      ? `the known ones are ${Object.values(REQUEST_HEADERS).join(", ")}`
      : `did you mean ${PREFIX}${meant}?`;
  return invalidRequest(shown, `${shown} ${what}; ${help}`);
}

export type HeaderReader = ReturnType<typeof headerReader>;

export function headerReader(headers: Headers) {
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
    const parsed = /^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
    if (!(parsed >= least && parsed <= most))
      throw invalidRequest(name, `${name} must be a number from ${least} to ${most}.`);
    return parsed;
  };
  const flag = (name: string): boolean => {
    const value = text(name);
    if (value === null || value === "false" || value === "0") return false;
    if (value === "true" || value === "1") return true;
    throw invalidRequest(name, `${name} must be true, false, 1 or 0.`);
  };
  return { text, number, flag };
}

/** Routers that the request has passed before this one. */
export function hopsBefore(headers: Headers): number {
  const told = headerReader(headers).text(REQUEST_HEADERS.hops);
  if (told === null) return 0;
  if (!/^\d+$/.test(told))
    throw invalidRequest(REQUEST_HEADERS.hops, `${REQUEST_HEADERS.hops} must be an integer of at least 0.`);
  return Number(told);
}
