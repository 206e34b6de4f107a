/** What `npm start` was asked for. */
import { z } from "zod";
import { KINDS, type Pool } from "../../src/domain/pool.ts";
import { quoted, usageError } from "../cli/failure.ts";
import { type Script, scriptFlags } from "../shared/script.ts";

export type NamedPool = { readonly url: string; readonly kind: Pool["kind"] };

export type StartArguments = {
  readonly port: number;
  readonly pools: readonly NamedPool[];
  /** Simulated pools even where real ones are running. */
  readonly simulated: boolean;
};

const DEFAULT_PORT = 8787;

export const START: Script = {
  command: "npm start",
  summary: `Pools, the router and a registry on this machine, until Ctrl-C. Without --pool the model servers on this machine's
usual ports are the pools (Ollama 11434, llama.cpp 8080, vLLM 8000, LM Studio 1234); where there are none, simulated ones.`,
  flags: {
    pool: {
      value: "URL[=KIND]",
      help: `an OpenAI-compatible server to route to, as often as needed; KIND is ${KINDS.join(", ")} (cpu)`,
      many: true,
    },
    simulated: { value: null, help: "simulated pools, even where real ones run on this machine" },
  },
  environment: [["PORT", `where the router listens (${DEFAULT_PORT})`]],
};

const portSchema = z.coerce.number().int().min(1).max(65_535);
const kindSchema = z.enum(KINDS);

/** The base URL of an OpenAI-compatible server, ending in /v1. */
export function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw usageError(`--pool must be an http(s) URL, not ${quoted(text)}`);
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw usageError(`--pool must have no user, query or fragment: ${quoted(text)}`);
  }
  const path = url.pathname.replace(/\/+$/, "");
  return `${url.origin}${path.endsWith("/v1") ? path : `${path}/v1`}`;
}

/** `URL` or `URL=kind`. */
export function parseNamedPool(text: string): NamedPool {
  const at = text.lastIndexOf("=");
  if (at < 0) return { url: baseUrl(text), kind: "cpu" };
  const kind = kindSchema.safeParse(text.slice(at + 1));
  if (!kind.success) throw usageError(`--pool ${text}: the kind must be one of ${KINDS.join(", ")}`);
  return { url: baseUrl(text.slice(0, at)), kind: kind.data };
}

/** Throws, naming it, on what it does not understand; null where help is asked for. */
export function parseStartArguments(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartArguments | null {
  const given = scriptFlags(args, START);
  if (given === null) return null;
  const port = portSchema.safeParse(env["PORT"] || DEFAULT_PORT);
  if (!port.success) throw usageError(`PORT must be a port number, not ${quoted(env["PORT"] ?? "")}`);
  const pools = (given.get("pool") ?? []).map(parseNamedPool);
  const simulated = given.has("simulated");
  if (simulated && pools.length > 0) throw usageError("--pool and --simulated exclude each other");
  return { port: port.data, pools, simulated };
}
