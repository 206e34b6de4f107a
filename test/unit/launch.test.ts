import { describe, expect, it } from "vitest";
import { registryDocumentSchema } from "../../src/domain/registry.ts";
import { baseUrl, parseNamedPool, parseStartArguments } from "../../scripts/launch/arguments.ts";
import { banner } from "../../scripts/launch/banner.ts";
import { completeDevVars } from "../../scripts/launch/dev-vars.ts";
import { describePool } from "../../scripts/launch/discovery.ts";
import {
  mergeRegistry,
  SIMULATED_BASELINE,
  SIMULATED_SEEDS,
  simulatedPool,
} from "../../scripts/launch/seed.ts";

/** Texts that differ, so that a value made twice is seen. */
function counting() {
  let made = 0;
  return () => `random${(made += 1)}`;
}

describe("completeDevVars", () => {
  it("makes every secret for an empty file", () => {
    const { text, values } = completeDevVars("", counting());
    expect(text).toBe(
      "ADMIN_TOKEN=random1\nDEV_API_KEY=pm-random2\nKEY_PEPPER=random3\nALLOW_INSECURE_LOOPBACK=true\n",
    );
    expect(values["DEV_API_KEY"]).toBe("pm-random2");
  });

  it("keeps what is there, to the letter", () => {
    const before =
      '# mine\nADMIN_TOKEN="chosen"\nALTRA_KEY=secret # of the rack\nALLOW_INSECURE_LOOPBACK=false';
    const { text, values } = completeDevVars(before, counting());
    expect(text.startsWith(`${before}\n`)).toBe(true);
    expect(text.slice(before.length + 1)).toBe("DEV_API_KEY=pm-random1\nKEY_PEPPER=random2\n");
    expect(values).toEqual({
      ADMIN_TOKEN: "chosen",
      ALTRA_KEY: "secret",
      ALLOW_INSECURE_LOOPBACK: "false",
      DEV_API_KEY: "pm-random1",
      KEY_PEPPER: "random2",
    });
  });

  it("changes nothing the second time, and replaces an empty value", () => {
    const { text } = completeDevVars("KEY_PEPPER=\n", counting());
    expect(completeDevVars(text, counting()).text).toBe(text);
    expect(completeDevVars(text, counting()).values["KEY_PEPPER"]).toBe("random3");
  });
});

describe("arguments", () => {
  it.each([
    ["http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"],
    ["http://localhost:8080/v1/", "http://localhost:8080/v1"],
    ["https://gpu.example.net/engine", "https://gpu.example.net/engine/v1"],
  ])("normalises %s", (given, url) => {
    expect(baseUrl(given)).toBe(url);
  });

  it.each(["127.0.0.1:8080", "ftp://host", "http://user@host", "http://host/v1?key=1"])(
    "refuses %s",
    (given) => {
      expect(() => baseUrl(given)).toThrow(given);
    },
  );

  it("reads the kind after the last =, cpu if absent", () => {
    expect(parseNamedPool("http://host:1=gpu")).toEqual({ url: "http://host:1/v1", kind: "gpu" });
    expect(parseNamedPool("http://host:1")).toEqual({ url: "http://host:1/v1", kind: "cpu" });
    expect(() => parseNamedPool("http://host:1=fpga")).toThrow("kind");
  });

  it("takes several pools and the port", () => {
    const asked = parseStartArguments(["--pool", "http://a", "--pool", "http://b=gpu"], { PORT: "9000" });
    expect(asked).toEqual({
      port: 9000,
      simulated: false,
      pools: [
        { url: "http://a/v1", kind: "cpu" },
        { url: "http://b/v1", kind: "gpu" },
      ],
    });
    expect(parseStartArguments(["--simulated"], {})).toEqual({ port: 8787, simulated: true, pools: [] });
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    [
      "an unknown flag",
      ["--pol", "http://a"],
      {},
      'the flag "--pol" is not known; --pool, --simulated, --help are',
    ],
    ["a word", ["http://a"], {}, '"http://a" is one word too many'],
    ["a flag without its value", ["--pool"], {}, "--pool needs a value: --pool URL[=KIND]"],
    ["a port that is none", [], { PORT: "http" }, 'PORT must be a port number, not "http"'],
    [
      "both sorts of pools",
      ["--simulated", "--pool=http://a"],
      {},
      "--pool and --simulated exclude each other",
    ],
  ])("refuses %s", (_what, args, env, message) => {
    expect(() => parseStartArguments(args, env)).toThrow(message);
  });

  it.each([["--help"], ["-h"]])("asks nothing of the rest where %s is asked for", (flag) => {
    expect(parseStartArguments([flag, "--simulated"], { PORT: "http" })).toBeNull();
  });
});

describe("describePool", () => {
  const named = { url: "http://127.0.0.1:8080/v1", kind: "cpu" } as const;

  it("takes the context from what the engine tells, and guesses the rest", () => {
    const llama = describePool(named, [
      { id: "/models/Q-7b.gguf", owned_by: "llamacpp", meta: { n_ctx_train: 8192 } },
    ]);
    expect(llama).toMatchObject({
      id: "127.0.0.1-8080",
      load: "llama.cpp",
      tags: ["local-start"],
      models: [{ id: "Q-7b", contextTokens: 8192 }],
      price: { usdPerHour: 0, accounting: "marginal" },
      powerWatts: 65,
    });
    expect(
      describePool(named, [{ id: "m", owned_by: "vllm", max_model_len: 512 }])?.models[0]?.contextTokens,
    ).toBe(512);
    expect(describePool(named, [{ id: "m" }])?.models[0]?.contextTokens).toBe(4096);
  });

  it("leaves out models that cannot chat, and servers without others", () => {
    expect(describePool(named, [{ id: "nomic-embed-text:latest" }])).toBeNull();
    expect(describePool(named, [])).toBeNull();
  });
});

const started = (port: number) =>
  SIMULATED_SEEDS.map((seed) => simulatedPool(seed, `http://127.0.0.1:${port}/v1`));

describe("mergeRegistry", () => {
  const empty = registryDocumentSchema.parse({});
  const first = mergeRegistry(empty, started(1), SIMULATED_BASELINE);

  it("fills an empty registry", () => {
    expect(first.pools.map((pool) => pool.id)).toEqual(["altra", "l4", "h100"]);
    expect(first.policy.baselineTarget).toBe("h100/llama-3.1-70b-instruct");
    expect(registryDocumentSchema.parse(first)).toEqual(first);
  });

  it("renews the addresses of an earlier start, and keeps what its operator changed", () => {
    const [altra, ...others] = first.pools;
    const changed = { ...first, pools: [{ ...altra, weight: 5 }, ...others] };
    const again = mergeRegistry(registryDocumentSchema.parse(changed), started(2), SIMULATED_BASELINE);
    expect(again.pools).toHaveLength(3);
    expect(again.pools[0]).toMatchObject({
      id: "altra",
      weight: 5,
      backends: [{ url: "http://127.0.0.1:2/v1" }],
    });
  });

  it("leaves the operator's pools alone, even under the same name", () => {
    const mine = { ...first.pools[0], tags: [] };
    const merged = mergeRegistry(
      registryDocumentSchema.parse({ pools: [mine] }),
      started(2),
      SIMULATED_BASELINE,
    );
    expect(merged.pools.map((pool) => pool.id)).toEqual(["altra", "l4", "h100"]);
    expect(merged.pools[0]?.backends[0]?.url).toBe("http://127.0.0.1:1/v1");
  });

  it("drops the pools of an earlier start that are gone, and a baseline that was among them", () => {
    const real = describePool({ url: "http://127.0.0.1:8080/v1", kind: "cpu" }, [{ id: "m" }]);
    const merged = mergeRegistry(first, real === null ? [] : [real]);
    expect(merged.pools.map((pool) => pool.id)).toEqual(["127.0.0.1-8080"]);
    expect(merged.policy.baselineTarget).toBeUndefined();
  });
});

describe("banner", () => {
  const first = { pool: "altra", reason: "cheapest_capable", costUsd: "0.0000005" };
  const facts = {
    port: 9000,
    apiKey: "pm-key",
    adminToken: "token",
    first,
    logPath: ".wrangler/local/9000/start.log",
  };
  const seeds = SIMULATED_SEEDS.map((seed) => simulatedPool(seed, "http://127.0.0.1:1/v1"));

  it("says what is simulated, and how to use it", () => {
    const text = banner({ ...facts, simulated: true, pools: seeds });
    expect(text).toContain("The pools are SIMULATED");
    expect(text).toContain("http://localhost:9000/v1");
    expect(text).toContain('"authorization: Bearer pm-key"');
    expect(text).toContain(
      "\n  export KEY=pm-key POINTSMAN_ADMIN_TOKEN=token POINTSMAN_URL=http://localhost:9000\n",
    );
    expect(text).toContain('curl http://127.0.0.1:1/simulation/faults -d \'{"kind":"error_500","count":1}\'');
  });

  it("quotes what a shell would read otherwise", () => {
    const text = banner({ ...facts, simulated: true, pools: seeds, adminToken: "it's $HOME" });
    expect(text).toContain(" POINTSMAN_ADMIN_TOKEN='it'\\''s $HOME' ");
  });

  it("says what is guessed of real pools", () => {
    const text = banner({ ...facts, simulated: false, pools: seeds });
    expect(text).toContain("GUESSES");
    expect(text).not.toMatch(/SIMULATED|simulation/);
  });
});
