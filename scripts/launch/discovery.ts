/** Real engines on this machine or named by the operator, and the pools that describe them. */
import { z } from "zod";
import { modelNameSchema, poolSchema, type Pool } from "../../src/domain/pool.ts";
import type { NamedPool } from "./arguments.ts";

/** The tag of pools that `npm start` put into the registry, and may therefore change again. */
export const LOCAL_START_TAG = "local-start";

/** The usual ports of Ollama, llama.cpp's server, vLLM and LM Studio. */
const USUAL_PORTS = [11_434, 8080, 8000, 1234];
const PROBE_TIMEOUT_MS = 500;
const NAMED_TIMEOUT_MS = 10_000;
const MODELS_MAX = 20;

/** What is assumed of a real engine until its operator says better; printed as guesses. */
export const GUESSES = { powerWatts: 65, slots: 4, contextTokens: 4096 } as const;

const listSchema = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      owned_by: z.string().optional(),
      max_model_len: z.number().int().min(1).nullish(),
      meta: z
        .looseObject({
          n_ctx: z.number().int().min(1).nullish(),
          n_ctx_train: z.number().int().min(1).nullish(),
        })
        .nullish(),
    }),
  ),
});
type Listed = z.infer<typeof listSchema>["data"];

const LOADS: Readonly<Record<string, Pool["load"]>> = {
  llamacpp: "llama.cpp",
  vllm: "vllm",
  sglang: "sglang",
  library: "ollama",
};

async function listModels(url: string, timeoutMs: number): Promise<Listed> {
  const response = await fetch(`${url}/models`, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`GET ${url}/models answered ${response.status}`);
  const list = listSchema.safeParse(await response.json());
  if (!list.success) throw new Error(`GET ${url}/models did not answer with a list of models`);
  return list.data.data;
}

/** llama.cpp's server names its model by the path of the file, which no client would write. */
const servedName = (id: string) =>
  id.endsWith(".gguf") ? (id.split(/[/\\]/).at(-1) ?? id).slice(0, -".gguf".length) : id;

const poolId = (url: string) =>
  new URL(url).host
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 64);

/** The registry's description of a server and the models it lists; null when it lists none to chat with. */
export function describePool({ url, kind }: NamedPool, listed: Listed): Pool | null {
  const chatty = listed.filter((model) => !/embed|rerank|whisper/i.test(model.id));
  const models = chatty.slice(0, MODELS_MAX).flatMap(({ id, meta, max_model_len: lengthMax }) => {
    const name = modelNameSchema.safeParse(servedName(id));
    const contextTokens = lengthMax ?? meta?.n_ctx ?? meta?.n_ctx_train ?? GUESSES.contextTokens;
    return name.success ? [{ id: name.data, contextTokens }] : [];
  });
  if (models.length === 0) return null;
  return poolSchema.parse({
    id: poolId(url),
    kind,
    tags: [LOCAL_START_TAG],
    load: LOADS[chatty[0]?.owned_by ?? ""] ?? "none",
    backends: [{ id: "a", url, slots: GUESSES.slots }],
    models,
    price: { basis: "hourly", usdPerHour: 0, accounting: "marginal" },
    powerWatts: GUESSES.powerWatts,
  });
}

/** Pools that the operator named; throws when one does not answer. */
export async function describeNamed(named: readonly NamedPool[]): Promise<Pool[]> {
  return Promise.all(
    named.map(async (pool) => {
      const described = describePool(
        pool,
        await listModels(pool.url, NAMED_TIMEOUT_MS).catch(explain(pool.url)),
      );
      if (described === null) throw new Error(`${pool.url} lists no model that a registry can name`);
      return described;
    }),
  );
}

const explain = (url: string) => (error: unknown) => {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  throw new Error(
    `no answer from the pool ${url} (${error instanceof Error ? error.message : "unknown"}${cause})`,
  );
};

/** Pools that answer on the usual ports of this machine, the router's own port left out. */
export async function findLocal(ownPort: number): Promise<Pool[]> {
  const found = await Promise.all(
    USUAL_PORTS.filter((port) => port !== ownPort).map(async (port) => {
      const url = `http://127.0.0.1:${port}/v1`;
      // Most of these ports are closed, or hold something that is no engine: neither is worth a word.
      const listed = await listModels(url, PROBE_TIMEOUT_MS).catch(() => []);
      const kind = listed.some((model) => model.owned_by === "vllm" || model.owned_by === "sglang")
        ? "gpu"
        : "cpu";
      return describePool({ url, kind }, listed);
    }),
  );
  return found.filter((pool) => pool !== null);
}
