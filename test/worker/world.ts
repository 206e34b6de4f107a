/** The Worker as a client and an operator meet it, on real KV, Durable Object, D1 and Queue. */
import { applyD1Migrations } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { inject } from "vitest";
import { z } from "zod";

const migrations = z.array(z.object({ name: z.string(), queries: z.array(z.string()) }));
const secrets = z
  .looseObject({ ADMIN_TOKEN: z.string(), DEV_API_KEY: z.string(), MIGRATIONS: migrations })
  .parse(env);

export const KEY = secrets.DEV_API_KEY;
export const TOKEN = secrets.ADMIN_TOKEN;
const ORIGIN = "https://pointsman.test";

type Init = {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly raw?: string;
};

const request = (path: string, init: Init, token: string): Request =>
  new Request(`${ORIGIN}${path}`, {
    method: init.method ?? (init.body === undefined && init.raw === undefined ? "GET" : "POST"),
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...init.headers },
    body: init.raw ?? (init.body === undefined ? null : JSON.stringify(init.body)),
  });

/** A call of the data plane with the key. */
export const call = (path: string, init: Init = {}): Promise<Response> =>
  exports.default.fetch(request(path, init, KEY));
/** A call of the admin plane with the token. */
export const admin = (path: string, init: Init = {}): Promise<Response> =>
  exports.default.fetch(request(`/admin/v1${path}`, init, TOKEN));

export const chatBody = (prompt: string, more: Readonly<Record<string, unknown>> = {}) => ({
  model: "auto",
  messages: [{ role: "user", content: prompt }],
  ...more,
});
export const SENTIMENT = "Is this review positive or negative? 'The soup was cold and the waiter rude.'";
export const ESSAY =
  "Write a detailed, comprehensive 2000-word essay on the economic causes of the First World War.";

export const fleet = () => ({
  pools: [
    {
      id: "altra",
      kind: "cpu",
      hardware: { id: "altra-q80", count: 0.4 },
      load: "llama.cpp",
      powerWatts: 84,
      backends: [{ id: "a", url: inject("cpuUrl"), slots: 8 }],
      models: [
        {
          id: "llama-3.2-3b-instruct",
          aliases: ["small"],
          contextTokens: 131072,
          quantization: "q8_0",
          capabilities: ["tools", "json_schema"],
        },
      ],
      price: { basis: "hourly", usdPerHour: 0.416, accounting: "marginal" },
    },
    {
      id: "h100",
      kind: "gpu",
      hardware: { id: "h100" },
      load: "vllm",
      backends: [{ id: "a", url: inject("gpuUrl"), slots: 32 }],
      models: [
        {
          id: "llama-3.1-70b-instruct",
          aliases: ["large"],
          contextTokens: 131072,
          quantization: "fp8",
          capabilities: ["tools", "json_schema"],
        },
      ],
      price: { basis: "hourly", usdPerHour: 6.88, accounting: "amortised" },
    },
  ],
  policy: { baselineTarget: "h100/llama-3.1-70b-instruct" },
});

export const setUp = async (): Promise<void> => {
  await applyD1Migrations(env.LOG, secrets.MIGRATIONS);
  const answer = await admin("/registry", { method: "PUT", body: fleet(), headers: { "if-match": "*" } });
  if (answer.status !== 200) throw new Error(await answer.text());
};

const errorSchema = z.object({
  error: z.looseObject({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable(),
    code: z.string(),
  }),
});
export const errorOf = async (answer: Response) => errorSchema.parse(await answer.json()).error;
export const json = async (answer: Response): Promise<Record<string, unknown>> =>
  z.record(z.string(), z.unknown()).parse(await answer.json());
