/**
 * The floors of the building, checked. A file may import only from its own folder or from a
 * lower floor, so no import circle between folders can exist.
 */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { expect, test } from "vitest";

const FLOOR: Record<string, number> = {
  "src/domain": 0,
  "src/classify": 1,
  "src/pricing": 1,
  "src/registry": 1,
  "src/health": 1,
  "src/dispatch": 2,
  "src/upstream": 3,
  "src/store": 3,
  "src/telemetry": 3,
  "src/relay": 4,
  routes: 5,
  "src/index.ts": 6,
};
const LINES_MAX = 250;

test("every file imports only from its own folder or a lower floor", () => {
  expect(files().flatMap(climbs)).toEqual([]);
});

test(`no file is longer than ${LINES_MAX} lines`, () => {
  expect(files().filter((path) => read(path).split("\n").length > LINES_MAX)).toEqual([]);
});

/** The imports of one file that climb, or that stand on no floor at all. */
function climbs(path: string): string[] {
  const from = folderOf(path);
  if (from === undefined) return [`${path} is on no floor: add its folder to FLOOR`];
  return importsOf(path)
    .filter((imported) => {
      const to = folderOf(imported);
      return to === undefined || (to !== from && (FLOOR[to] ?? 0) >= (FLOOR[from] ?? 0));
    })
    .map((imported) => `${path} may not import ${imported}`);
}

const root = join(import.meta.dirname, "../..");
const slashes = (path: string) => path.split(sep).join("/");
const read = (path: string) => readFileSync(join(root, path), "utf8");

const files = () =>
  ["src", "routes"].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => slashes(join(top, name))),
  );

const folderOf = (path: string) =>
  Object.keys(FLOOR).find((folder) => path === folder || path.startsWith(`${folder}/`));

/** Static, type-only, bare and dynamic imports alike: a type-only circle is still a circle. */
const importsOf = (path: string) =>
  [...read(path).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) =>
    slashes(relative(root, join(root, dirname(path), match[1] ?? ""))),
  );
