/** What a version is: what makes one, what does not, and what a client says of the one it has. */
import { beforeAll, describe, expect, it } from "vitest";
import { DOCUMENT_BYTES_MAX } from "../../src/store/registry-object.ts";
import { admin, errorOf, fleet, json, setUp } from "./world.ts";

beforeAll(setUp);

const etagOf = (answer: Response) => answer.headers.get("etag") ?? "";
const present = async () => etagOf(await admin("/registry"));

describe("a write that changes nothing keeps the version", () => {
  const put = (body: unknown) => ({ method: "PUT", body, headers: { "if-match": "*" } });
  it.each([
    ["the same document", "/registry", put(fleet())],
    ["the same pool", "/pools/altra", put(fleet().pools[0])],
    ["a weight that it has", "/pools/altra", { method: "PATCH", body: { weight: 1 } }],
    ["a default that was not written", "/pools/h100", { method: "PATCH", body: { draining: false } }],
    ["an undrain of what takes requests", "/pools/altra/undrain", { method: "POST" }],
  ])("%s", async (_what, path, init) => {
    const before = await present();
    const answer = await admin(path, init);
    expect([answer.status, etagOf(answer), await present()]).toEqual([200, before, before]);
  });

  it("a roll back to what is there, too; the history has no new row", async () => {
    const before = await present();
    const history = await json(await admin("/registry/versions"));
    const answer = await admin("/registry/rollback", { body: { version: Number(before.slice(2, -1)) } });
    expect([answer.status, etagOf(answer)]).toEqual([200, before]);
    expect(await json(await admin("/registry/versions"))).toEqual(history);
  });

  it("a stale If-Match is refused all the same", async () => {
    const answer = await admin("/registry", {
      method: "PUT",
      body: fleet(),
      headers: { "if-match": '"v0"' },
    });
    expect(answer.status).toBe(412);
  });
});

describe("If-None-Match", () => {
  const reads = ["/registry", "/pools", "/pools/altra"];
  it.each(reads)("GET %s is a 304 for who has the present version, and only then", async (path) => {
    const etag = await present();
    const said = async (ifNoneMatch: string) => {
      const answer = await admin(path, { headers: { "if-none-match": ifNoneMatch } });
      return [answer.status, etagOf(answer), (await answer.text()) === ""];
    };
    for (const same of [etag, `W/${etag}`, `"v0", ${etag}`, "*"])
      expect(await said(same)).toEqual([304, etag, true]);
    for (const other of ['"v0"', "v0", ""]) expect(await said(other)).toEqual([200, etag, false]);
  });
  it("a pool that is not there is a 404 whatever its reader has", async () => {
    expect((await admin("/pools/moon", { headers: { "if-none-match": "*" } })).status).toBe(404);
  });
});

it.each(["/registry", "/pools/altra"])("a PUT of %s without If-Match is told what to send", async (path) => {
  const etag = await present();
  const answer = await admin(path, { method: "PUT", body: fleet() });
  const { code, message } = await errorOf(answer);
  expect([answer.status, code, etagOf(answer)]).toEqual([428, "precondition_required", etag]);
  expect(message).toContain(`If-Match: ${etag}`);
});

describe("a document that no row holds", () => {
  const backends = Array.from({ length: 100 }, (_, index) => ({
    id: `b${index}`,
    url: `https://x.example.net/${"y".repeat(2000)}`,
    slots: 1,
  }));
  const pools = Array.from({ length: Math.ceil(DOCUMENT_BYTES_MAX / 200_000) }, (_, index) => ({
    ...fleet().pools[0],
    id: `wide-${index}`,
    backends,
  }));

  it("is refused with its size and the limit, and the one before stands", async () => {
    const before = await present();
    const answer = await admin("/registry", { method: "PUT", body: { pools }, headers: { "if-match": "*" } });
    const { message, code } = await errorOf(answer);
    expect([answer.status, code]).toEqual([400, "invalid_request"]);
    expect(message).toMatch(new RegExp(`would be \\d{7} bytes of JSON; ${DOCUMENT_BYTES_MAX} is the most`));
    expect(await present()).toBe(before);
  });

  it("also when one pool too many makes it so; just under, it is kept", async () => {
    const most = { pools: pools.slice(0, -1) };
    const put = await admin("/registry", { method: "PUT", body: most, headers: { "if-match": "*" } });
    expect(put.status).toBe(200);
    const added = await admin("/pools", { body: pools.at(-1) });
    expect([added.status, (await errorOf(added)).code]).toEqual([400, "invalid_request"]);
    await setUp();
  });
});
