import { beforeAll, describe, expect, it } from "vitest";
import { SENTIMENT, admin, call, chatBody, errorOf, fleet, json, setUp } from "./world.ts";

beforeAll(setUp);

const versionOf = (answer: Response) => Number(/"v(\d+)"/.exec(answer.headers.get("etag") ?? "")?.[1]);
const poolOf = async () => {
  const answer = await call("/v1/chat/completions", { body: chatBody(SENTIMENT) });
  await answer.text();
  return answer.headers.get("x-pointsman-pool");
};

describe("the registry document", () => {
  it("is read with an ETag and replaced with If-Match", async () => {
    const read = await admin("/registry");
    const policy = { ...fleet().policy, energyUsdPerKwh: 0.2 };
    const written = await admin("/registry", {
      method: "PUT",
      body: { ...fleet(), policy },
      headers: { "if-match": read.headers.get("etag") ?? "" },
    });
    expect(versionOf(written)).toBe(versionOf(read) + 1);
    const { policy: before, ...rest } = await json(read);
    expect(await json(written)).toMatchObject({ ...rest, policy });
    expect(before).toMatchObject({ energyUsdPerKwh: 0.15 });
  });

  it.each([
    ["without If-Match", {}, 428, "precondition_required"],
    ["with a stale If-Match", { "if-match": '"v0"' }, 412, "precondition_failed"],
    ["with an If-Match that is no ETag", { "if-match": "yes" }, 400, "invalid_request"],
  ])("is not replaced %s", async (_how, headers, status, code) => {
    const answer = await admin("/registry", { method: "PUT", body: fleet(), headers });
    expect([answer.status, (await errorOf(answer)).code]).toEqual([status, code]);
  });

  it.each([
    ["an unknown field", { pools: [{ ...fleet().pools[0], colour: "red" }] }, "pools[0].colour"],
    [
      "a URL with a password",
      {
        pools: [{ ...fleet().pools[0], backends: [{ id: "a", url: "https://u:p@x.example.net", slots: 1 }] }],
      },
      "pools[0].backends[0].url",
    ],
    [
      "a metadata host",
      {
        pools: [
          { ...fleet().pools[0], backends: [{ id: "a", url: "https://metadata.google.internal", slots: 1 }] },
        ],
      },
      "pools[0].backends[0].url",
    ],
    ["two pools of one id", { pools: [fleet().pools[0], fleet().pools[0]] }, "pools[1].id"],
    [
      "a baseline that nobody serves",
      { ...fleet(), policy: { baselineTarget: "moon/x" } },
      "policy.baselineTarget",
    ],
    [
      "a default profile that does not exist",
      { ...fleet(), policy: { defaultProfile: "warp" } },
      "policy.defaultProfile",
    ],
    [
      "unknown hardware",
      { pools: [{ ...fleet().pools[0], hardware: { id: "abacus" } }] },
      "pools[0].hardware.id",
    ],
    [
      "a secret's value in place of its name",
      {
        pools: [
          {
            ...fleet().pools[0],
            backends: [{ id: "a", url: "https://x.example.net", slots: 1, secret: "sk-123" }],
          },
        ],
      },
      "pools[0].backends[0].secret",
    ],
  ])("refuses %s and names the path", async (_what, body, param) => {
    const answer = await admin("/registry", { method: "PUT", body, headers: { "if-match": "*" } });
    expect([answer.status, (await errorOf(answer)).param]).toEqual([400, param]);
  });

  it("keeps versions and goes back to one", async () => {
    const before = versionOf(await admin("/registry"));
    await admin("/pools/altra", { method: "PATCH", body: { weight: 9 } });
    expect(await json(await admin("/registry/rollback", { body: { version: before } }))).toMatchObject({
      pools: [{ id: "altra", weight: 1 }, { id: "h100" }],
    });
    const page = await json(await admin("/registry/versions?limit=2"));
    expect(page).toMatchObject({
      data: [
        { version: before + 2, change: "rollback" },
        { version: before + 1, change: "patch_pool" },
      ],
    });
    expect(
      await json(await admin(`/registry/versions?limit=1&cursor=${String(page["next"])}`)),
    ).toMatchObject({ data: [{ version: before }] });
  });
});

describe("pools", () => {
  it("PATCH changes just its fields, at once in this isolate", async () => {
    expect(await poolOf()).toBe("altra");
    const answer = await admin("/pools/altra", { method: "PATCH", body: { weight: 0 } });
    expect(await json(answer)).toMatchObject({ id: "altra", weight: 0, price: { usdPerHour: 0.416 } });
    expect(await poolOf()).toBe("h100");
    await admin("/pools/altra", { method: "PATCH", body: { weight: 1 } });
    expect(await poolOf()).toBe("altra");
  });

  it("drain and undrain", async () => {
    await admin("/pools/altra/drain", { method: "POST" });
    expect(await poolOf()).toBe("h100");
    await admin("/pools/altra/undrain", { method: "POST" });
    expect(await poolOf()).toBe("altra");
  });

  it("two writers at once: with the same If-Match, one wins", async () => {
    const etag = (await admin("/registry")).headers.get("etag") ?? "";
    const answers = await Promise.all(
      [2, 3, 4].map((weight) =>
        admin("/pools/h100", { method: "PATCH", body: { weight }, headers: { "if-match": etag } }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
  });

  it("create, read, replace, delete", async () => {
    const pool = { ...fleet().pools[1], id: "spare" };
    expect((await admin("/pools", { body: pool })).status).toBe(201);
    expect((await admin("/pools", { body: pool })).status).toBe(409);
    expect((await admin("/pools/spare", { method: "PUT", body: pool })).status).toBe(428);
    expect(
      await json(
        await admin("/pools/spare", {
          method: "PUT",
          body: { ...pool, weight: 2 },
          headers: { "if-match": "*" },
        }),
      ),
    ).toMatchObject({ weight: 2 });
    expect((await admin("/pools/spare", { method: "DELETE" })).status).toBe(204);
    expect((await admin("/pools/spare")).status).toBe(404);
    expect(await json(await admin("/pools"))).toMatchObject({
      data: [{ id: "altra" }, { id: "h100" }],
      next: null,
    });
  });

  it.each([
    ["an unknown pool", "/pools/moon", { weight: 1 }, 404, null],
    ["an unknown field", "/pools/altra", { wait: 1 }, 400, "wait"],
    ["a wrong type", "/pools/altra", { weight: "heavy" }, 400, "weight"],
    ["a changed id", "/pools/altra", { id: "x" }, 400, "id"],
    ["an empty patch", "/pools/altra", {}, 400, null],
    ["an array", "/pools/altra", [], 400, null],
  ])("PATCH of %s", async (_what, path, body, status, param) => {
    const answer = await admin(path, { method: "PATCH", body });
    expect(answer.status).toBe(status);
    expect((await errorOf(answer)).param).toBe(param);
  });
});

describe("the dry run", () => {
  it("answers the whole decision and sends nothing", async () => {
    const decision = await json(await admin("/route", { body: chatBody(SENTIMENT) }));
    expect(decision).toMatchObject({
      reason: "cheapest_capable",
      order: ["altra/llama-3.2-3b-instruct", "h100/llama-3.1-70b-instruct"],
      traits: { task: "classification" },
    });
    expect(decision).toMatchObject({
      classifier: {
        probabilities: { classification: expect.any(Number) },
        groups: { ask: expect.any(Number) },
      },
    });
    expect(JSON.stringify(decision)).not.toContain("soup");
  });
  it("refuses what the data plane refuses", async () => {
    expect((await admin("/route", { body: { model: "auto" } })).status).toBe(400);
  });
});

describe("the guard", () => {
  it.each(["/registry", "/pools", "/decisions", "/stats", "/nothing"])("%s", async (path) => {
    const answer = await admin(path, { headers: { authorization: "Bearer wrong" } });
    expect([answer.status, (await errorOf(answer)).code]).toEqual([401, "invalid_api_key"]);
  });
  it("a method that is not there names those that are", async () => {
    expect((await admin("/pools/altra", { method: "POST" })).headers.get("allow")).toBe(
      "GET, PUT, PATCH, DELETE",
    );
  });
});
