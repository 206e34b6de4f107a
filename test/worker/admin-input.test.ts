import { beforeAll, describe, expect, it } from "vitest";
import { admin, errorOf, fleet, json, setUp } from "./world.ts";

beforeAll(setUp);

const [altra] = fleet().pools;

describe("what an operator may not say", () => {
  it.each([
    ["a parameter twice", "/decisions?status=200&status=404", "status"],
    ["a parameter that one pool does not take", "/pools/altra?weight=3", "weight"],
    ["a parameter that the registry does not take", "/registry?version=3", "version"],
    ["a parameter that one decision does not take", "/decisions/abc?pool=altra", "pool"],
  ])("%s", async (_what, path, param) => {
    const answer = await admin(path);
    expect([answer.status, (await errorOf(answer)).param]).toEqual([400, param]);
  });

  it.each(["ADMIN_TOKEN", "DEV_API_KEY", "API_KEYS", "KEY_PEPPER"])(
    "a backend's credential is never the router's own %s",
    async (secret) => {
      const backends = [{ id: "a", url: "https://x.example.net/v1", slots: 1, secret }];
      const answer = await admin("/pools/altra", { method: "PATCH", body: { backends } });
      expect([answer.status, (await errorOf(answer)).param]).toEqual([400, "backends[0].secret"]);
    },
  );

  it.each([
    ["GET", "/pools/"],
    ["GET", "/pools/altra/"],
  ])("%s %s is no path", async (method, path) => {
    expect((await admin(path, { method })).status).toBe(404);
  });

  it("a name in an error is short and breaks no line", async () => {
    const answer = await admin(`/pools/${"x".repeat(3000)}%1b%0a/drain`, { method: "POST" });
    const { message } = await errorOf(answer);
    expect([answer.status, message.length < 120, /\p{Cc}/u.test(message)]).toEqual([404, true, false]);
  });
});

describe("a PATCH of the price", () => {
  it("of another basis takes the old one's place; of the same basis it is merged", async () => {
    const tokens = { basis: "tokens", usdPerMTokIn: 1, usdPerMTokOut: 2 };
    const patched = await json(await admin("/pools/altra", { method: "PATCH", body: { price: tokens } }));
    expect(patched["price"]).toEqual(tokens);
    const merged = { price: { usdPerMTokIn: 3 } };
    expect((await json(await admin("/pools/altra", { method: "PATCH", body: merged })))["price"]).toEqual({
      ...tokens,
      usdPerMTokIn: 3,
    });
    const back = await admin("/pools/altra", { method: "PATCH", body: { price: altra?.price } });
    expect(back.status).toBe(200);
  });
});
