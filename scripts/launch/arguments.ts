/** What `npm start` was asked for. */
import { parseArgs } from "node:util";
import { z } from "zod";
import { KINDS, type Pool } from "../../src/domain/pool.ts";

export type NamedPool = { readonly url: string; readonly kind: Pool["kind"] };

export type StartArguments = {
  readonly port: number;
  readonly pools: readonly NamedPool[];
  /** Simulated pools even where real ones are running. */
  readonly simulated: boolean;
};

export const USAGE = `usage: npm start [-- [--pool URL[=kind]]... [--simulated]]
  --pool URL[=kind]  an OpenAI-compatible server to route to; kind is ${KINDS.join(", ")} (cpu if absent)
  --simulated        simulated pools, even if real ones are running on this machine
  PORT               environment variable: where the router listens (8787 if absent)`;

const portSchema = z.coerce.number().int().min(1).max(65_535);
const kindSchema = z.enum(KINDS);

/** The base URL of an OpenAI-compatible server, ending in /v1. */
export function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new Error(`"${text}" is not an http(s) URL`);
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw new Error(`"${text}" must have no user, query or fragment`);
  }
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.origin}${path.endsWith("/v1") ? path : `${path}/v1`}`;
}

/** `URL` or `URL=kind`. */
export function parseNamedPool(text: string): NamedPool {
  const at = text.lastIndexOf("=");
  if (at < 0) return { url: baseUrl(text), kind: "cpu" };
  const kind = kindSchema.safeParse(text.slice(at + 1));
  if (!kind.success) throw new Error(`--pool ${text}: the kind must be one of ${KINDS.join(", ")}`);
  return { url: baseUrl(text.slice(0, at)), kind: kind.data };
}

/** Throws, with a message for the user, on what it does not understand. */
export function parseStartArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { pool: { type: "string", multiple: true }, simulated: { type: "boolean" } },
  });
  const port = portSchema.safeParse(env["PORT"] === undefined || env["PORT"] === "" ? 8787 : env["PORT"]);
  if (!port.success) throw new Error(`PORT must be a port number, not "${env["PORT"] ?? ""}"`);
  const pools = (values.pool ?? []).map(parseNamedPool);
  return { port: port.data, pools, simulated: values.simulated === true };
}
