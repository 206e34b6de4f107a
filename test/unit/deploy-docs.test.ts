import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GZIP_MAX_BYTES, sizeProblem, sizeText } from "../../scripts/deploy/bundle.ts";
import { nameProblem } from "../../scripts/deploy/secrets.ts";
import { readSettings } from "../../scripts/deploy/settings.ts";
import { registryDocumentSchema } from "../../src/domain/registry.ts";
import { parseDocument } from "../../src/registry/document.ts";
import { decideFor } from "./fixtures.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/deploy.md"), "utf8");
const example: unknown = JSON.parse(/```json\n([^]*?)```/.exec(page)?.[1] ?? "null");
const document = registryDocumentSchema.parse(example);

describe("the registry of docs/deploy.md", () => {
  it("is one that a deployment takes: one CPU pool, one hosted", () => {
    expect(parseDocument(example, { allowInsecureLoopback: false, ownHosts: [] })).toMatchObject({
      ok: true,
    });
    expect(document.pools.map(({ kind }) => kind)).toEqual(["cpu", "hosted"]);
  });

  it.each([
    [
      "a label",
      { task: "classification", difficulty: 0.12, outputTokens: { p50: 4, p90: 12 } },
      "altra-paris",
    ],
    ["a proof", { task: "reasoning", difficulty: 0.75, outputTokens: { p50: 400, p90: 900 } }, "hosted"],
  ] as const)("sends %s where a reader expects it", (_name, traits, pool) => {
    expect(decideFor({ ...document, traits }).order[0]?.split("/")[0]).toBe(pool);
  });

  it("has the page set every secret that it names", () => {
    const named = document.pools.flatMap(({ backends }) => backends.flatMap(({ secret }) => secret ?? []));
    expect([...new Set(named)].filter((name) => !page.includes(`--set ${name}`))).toEqual([]);
    expect(named.flatMap((name) => nameProblem(name) ?? [])).toEqual([]);
  });

  it("has the page delete everything that a deployment makes", () => {
    const { queues, database, worker } = readSettings();
    const commands = [
      "wrangler delete",
      ...queues.map((queue) => `wrangler queues delete ${queue}`),
      `wrangler d1 delete ${database.name}`,
      `${worker}-snapshot`,
    ];
    expect(commands.filter((command) => !page.includes(command))).toEqual([]);
  });
});

describe("the size of the bundle", () => {
  it.each([
    ["at the limit", GZIP_MAX_BYTES, null],
    ["over it", GZIP_MAX_BYTES + 1, expect.stringContaining("over the limit")],
  ])("%s", (_name, gzipBytes, problem) => {
    expect(sizeProblem({ rawBytes: 1, gzipBytes })).toEqual(problem);
  });
  it("is told in bytes and KiB", () => {
    expect(sizeText({ rawBytes: 2048, gzipBytes: 1536 })).toBe(
      "bundle: 2048 bytes (2.0 KiB), gzip 1536 bytes (1.5 KiB), of 1048576 bytes (1024.0 KiB) allowed",
    );
  });
});
