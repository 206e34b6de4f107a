import { describe, expect, it } from "vitest";
import type { Surroundings } from "../../scripts/cli/api.ts";
import { placeOf } from "../../scripts/traffic/place.ts";

const around = (change: Partial<Surroundings> = {}): Surroundings => ({
  fetch: () => Promise.resolve(Response.json({ status: "ok" })),
  env: { POINTSMAN_API_KEY: "from-env" },
  devVars: () => Promise.resolve({ DEV_API_KEY: "from-file" }),
  ...change,
});

describe("where traffic goes", () => {
  it.each<[string, string | undefined, Record<string, string>, string]>([
    ["this machine where nothing is said", undefined, {}, "http://localhost:8787"],
    ["an empty variable is none", undefined, { POINTSMAN_URL: "" }, "http://localhost:8787"],
    ["the environment's router", undefined, { POINTSMAN_URL: "http://localhost:9/" }, "http://localhost:9"],
    [
      "the flag's before that",
      "http://127.0.0.1:1/a",
      { POINTSMAN_URL: "http://x.example" },
      "http://127.0.0.1:1/a",
    ],
  ])("%s", async (_what, flag, env, url) => {
    const asked: string[] = [];
    const fetch = (request: Request) => {
      asked.push(request.url);
      return Promise.resolve(Response.json({ status: "degraded" }));
    };
    const place = await placeOf(flag, around({ env, fetch }));
    expect([place.url, place.apiKey, asked]).toEqual([url, "from-file", [`${url}/healthz`]]);
  });

  it("the environment's key comes first", async () => {
    expect((await placeOf(undefined, around())).apiKey).toBe("from-env");
  });

  it.each<[string, Partial<Surroundings>, string, string]>([
    ["no URL", {}, "localhost:8787", '--url must be an http(s) URL, not "localhost:8787"'],
    [
      "nobody listens",
      { fetch: () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } })) },
      "http://localhost:1",
      'http://localhost:1 cannot be reached (ECONNREFUSED). Start the router with "npm start", or set POINTSMAN_URL.',
    ],
    [
      "another server",
      { fetch: () => Promise.resolve(new Response("<h1>")) },
      "http://localhost:1",
      "GET http://localhost:1/healthz answered 200, not as a Pointsman does. Is POINTSMAN_URL right?",
    ],
    [
      "a router that is not ready",
      { fetch: () => Promise.resolve(Response.json({ status: "starting" }, { status: 503 })) },
      "http://localhost:1",
      "http://localhost:1 is not ready: GET /healthz answered 503 (starting).",
    ],
    [
      "no key for this machine",
      { env: {}, devVars: () => Promise.resolve({}) },
      "http://localhost:1",
      "POINTSMAN_API_KEY is not set, and ./.dev.vars has no DEV_API_KEY (npm start makes one).",
    ],
    ["this machine's key for another", { env: {} }, "https://x.example", "POINTSMAN_API_KEY is not set."],
    [
      "a key of two lines",
      { env: { POINTSMAN_API_KEY: "a\nb" } },
      "https://x.example",
      "The API key holds a space, a line end or a character that is not ASCII.",
    ],
  ])("%s is told before anything is sent", async (_what, change, url, message) => {
    await expect(placeOf(url, around(change))).rejects.toThrow(message);
  });
});
