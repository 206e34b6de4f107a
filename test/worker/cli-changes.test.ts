import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { FILTER_PARAMETERS } from "../../routes/admin/decisions.ts";
import { FILTER_FLAGS } from "../../scripts/cli/filters.ts";
import { LOG_LIMITS } from "../../src/store/decision-log.ts";
import { cli, lines, log } from "./cli-shell.ts";
import { record } from "./records.ts";
import { admin, fleet, json, setUp } from "./world.ts";

const HOSTILE_KEY = "eve\u001b[2J\u009b31m\u202e\nroot";
const bulk = Array.from({ length: LOG_LIMITS.pageMax + 2 }, (_, index) =>
  record(`bulk-${index}`, { atMs: index }),
);

beforeAll(async () => {
  await setUp();
  await log([...bulk, { ...record("last", { atMs: 3_000_000, pool: "h100" }), key: HOSTILE_KEY }]);
});
beforeEach(setUp);

describe("changes", () => {
  it("every weight is sent, and one line of JSON comes for each", async () => {
    const { out } = await cli(["weights", "altra=0.5", "h100=3", "--json"]);
    expect(lines(out).map((line): unknown => JSON.parse(line))).toMatchObject([
      { id: "altra", weight: 0.5, effect: { decisions: 100 } },
      { id: "h100", weight: 3 },
    ]);
    expect(await json(await admin("/pools"))).toMatchObject({ data: [{ weight: 0.5 }, { weight: 3 }] });
  });

  it("weights stop at an error, and what was done is told", async () => {
    const { out, err, code } = await cli(["weights", "altra=2", "moon=1", "h100=2"]);
    expect([code, lines(out)[0], err]).toEqual([
      1,
      "altra: weight 2",
      'error: The pool "moon" does not exist.\ncode: not_found (HTTP 404)\n',
    ]);
    expect(await json(await admin("/pools"))).toMatchObject({ data: [{ weight: 2 }, { weight: 1 }] });
  });

  it("a price changes its basis in one step, the old one's fields removed", async () => {
    const fields = [
      "basis=tokens",
      "usdPerMTokIn=1",
      "usdPerMTokOut=2",
      "usdPerHour=null",
      "accounting=null",
    ];
    const words = [...fields, "expectedUtilization=null"].map((field) => `price.${field}`);
    expect(await cli(["set", "h100", ...words])).toMatchObject({ code: 0, err: "" });
    expect(await json(await admin("/pools/h100"))).toMatchObject({
      price: { basis: "tokens", usdPerMTokIn: 1, usdPerMTokOut: 2 },
    });
    expect((await cli(["pools"])).out).toMatch(/h100 .* 1 in, 2 out USD\/Mtok /);
  });

  it("the document goes out, comes back changed, and is rolled back; a stale one is refused", async () => {
    const { out, err } = await cli(["registry", "get"]);
    const etag = /^This is (v\d+)\. /.exec(err)?.[1] ?? "";
    const one = JSON.stringify({
      ...z.looseObject({}).parse(JSON.parse(out)),
      pools: fleet().pools.slice(0, 1),
      policy: {},
    });
    const put = ["registry", "put", "new.json"];
    const files = { readFile: (path: string) => Promise.resolve(path === "new.json" ? one : "") };
    const next = `v${Number(etag.slice(1)) + 1}`;
    expect(await cli([...put, "--etag", etag], files)).toEqual({
      code: 0,
      out: `The registry is now ${next} (pools: 1).\n`,
      err: "",
    });
    expect(await cli([...put, "--etag", `"${etag}"`], files)).toEqual({
      code: 1,
      out: "",
      err: `error: The registry is at version ${next.slice(1)}: read it again, then write.\nparam: if-match\ncode: precondition_failed (HTTP 412)\n`,
    });
    expect((await cli(put, files)).code).toBe(0);
    expect((await cli(["registry", "rollback", etag.slice(1)])).out).toMatch(
      /^The registry is now v\d+ \(pools: 2\)\.\n$/,
    );
  });
});

describe("exports and pages", () => {
  it("the table goes on where a page ends, and says when there is more", async () => {
    const { out, err } = await cli(["logs", "--limit", "502"]);
    expect([lines(out).length, new Set(lines(out)).size, err]).toEqual([
      503,
      503,
      "There are more: raise --limit, or narrow --from and --to.\n",
    ]);
    expect(await cli(["logs", "--limit", "600"])).toMatchObject({ err: "" });
  });
  it("NDJSON and CSV are passed through", async () => {
    const ndjson = await cli(["logs", "--format", "ndjson", "--limit", "3"]);
    expect(
      lines(ndjson.out).map((line) => z.looseObject({ id: z.string() }).parse(JSON.parse(line)).id),
    ).toEqual(["last", "bulk-501", "bulk-500"]);
    const csv = await cli(["logs", "--format=csv", "--pool=h100"]);
    expect(csv.out).toMatch(
      /^id,at,key,status,[^\r]+\r\nlast,1970-01-01T00:50:00.000Z,"eve[^\r]+root",200,[^\r]+\r\n$/,
    );
  });
  it("a CSV of several pages has one heading", async () => {
    const asked: string[] = [];
    const fetch = ({ url }: Request) => {
      asked.push(new URL(url).search);
      const next = asked.length === 1 ? { "x-pointsman-next": "5_x" } : undefined;
      return Promise.resolve(
        new Response(`id,at\r\nrow${asked.length},0\r\n`, next === undefined ? {} : { headers: next }),
      );
    };
    const { out } = await cli(["logs", "--format", "csv", "--limit", "5001"], { fetch });
    expect([out, asked]).toEqual([
      "id,at\r\nrow1,0\r\nrow2,0\r\n",
      ["?format=csv&limit=5000", "?format=csv&limit=1&cursor=5_x"],
    ]);
  });
  it.each([["table"], ["json"], ["ndjson"], ["csv"]])(
    "no control character of a value gets out raw: %s",
    async (format) => {
      const { out } = await cli(["logs", "--limit", "1", "--format", format]);
      expect(out).toMatch(/eve\\u001b\[2J\\u009b31m\\u202e/);
      expect(["\u001b", "\u009b", "\u202e"].filter((hidden) => out.includes(hidden))).toEqual([]);
    },
  );
  it("every filter of the API is a flag", () => {
    expect(Object.keys(FILTER_FLAGS)).toEqual([...FILTER_PARAMETERS]);
  });
});
