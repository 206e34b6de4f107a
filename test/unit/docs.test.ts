import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ADMIN_ROUTES } from "../../routes/admin/routes.ts";
import { DATA_ROUTES } from "../../routes/data-routes.ts";
import { REQUEST_HEADERS, RESPONSE_HEADERS } from "../../routes/headers.ts";
import { COMMON_FLAGS } from "../../scripts/cli/arguments.ts";
import { COMMANDS } from "../../scripts/cli/commands.ts";
import { FILTERS } from "../../src/domain/decision.ts";
import { policySchema, profileSchema } from "../../src/domain/policy.ts";
import { poolSchema } from "../../src/domain/pool.ts";
import { REASONS } from "../../src/domain/reason.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const quoted = (text: string, word: string) => text.includes(`\`${word}\``) || text.includes(`"${word}"`);
const missing = (text: string, words: readonly string[]) => words.filter((word) => !quoted(text, word));

/** Every key that a schema lets an operator write, at any depth. */
function keysOf(schema: z.ZodType): string[] {
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "properties" && typeof value === "object" && value !== null)
        Object.keys(value).forEach((name) => found.add(name));
      walk(value);
    }
  };
  walk(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }));
  return [...found];
}

describe("everything that others rely on is documented", () => {
  it.each([
    ["request headers", "docs/headers.md", Object.values(REQUEST_HEADERS)],
    ["response headers", "docs/headers.md", RESPONSE_HEADERS],
    ["reasons", "docs/headers.md", Object.keys(REASONS)],
    ["filters", "docs/headers.md", Object.keys(FILTERS)],
    ["routes", "docs/api.md", [...DATA_ROUTES, ...ADMIN_ROUTES].map(([method, path]) => `${method} ${path}`)],
    ["commands", "docs/cli.md", Object.values(COMMANDS).map(({ usage }) => usage)],
    [
      "flags",
      "docs/cli.md",
      [COMMON_FLAGS, ...Object.values(COMMANDS).map((command) => command.flags)].flatMap((flags) =>
        Object.entries(flags).map(([name, { value }]) =>
          value === null ? `--${name}` : `--${name} ${value}`,
        ),
      ),
    ],
    [
      "fields of a pool",
      "docs/configuration.md",
      keysOf(poolSchema).filter(
        (key) =>
          ![
            "classification",
            "extraction",
            "summarization",
            "translation",
            "rewriting",
            "closed_qa",
            "open_qa",
            "brainstorming",
            "generation",
            "code",
            "reasoning",
            "chat",
            "basis",
            "count",
          ].includes(key),
      ),
    ],
    ["fields of the policy", "docs/configuration.md", [...keysOf(policySchema), ...keysOf(profileSchema)]],
    [
      "secrets and variables",
      "docs/configuration.md",
      ["ADMIN_TOKEN", "DEV_API_KEY", "API_KEYS", "KEY_PEPPER", "ALLOW_INSECURE_LOOPBACK", "OWN_HOSTS"],
    ],
    [
      "bindings",
      "docs/storage.md",
      [...read("wrangler.toml").matchAll(/^(?:binding|dataset|queue|class_name) = "(.+)"/gm)]
        .map((match) => match[1] ?? "")
        .filter((name) => !["REGISTRY", "DECISIONS", "ANALYTICS"].includes(name)),
    ],
    [
      "columns",
      "docs/storage.md",
      [...read("migrations/0001_decisions.sql").matchAll(/^ {2}(\w+) (?:TEXT|INTEGER|REAL)/gm)].map(
        (match) => match[1] ?? "",
      ),
    ],
  ])("%s", (_what, path, words) => {
    expect(words.length).toBeGreaterThan(0);
    expect(missing(read(path), words)).toEqual([]);
  });

  it("no documentation of routes that are not there", () => {
    const known = new Set([...DATA_ROUTES, ...ADMIN_ROUTES].map(([method, path]) => `${method} ${path}`));
    const told = [...read("docs/api.md").matchAll(/^\| `((?:GET|PUT|POST|PATCH|DELETE) [^`]+)`/gm)].map(
      (match) => match[1] ?? "",
    );
    expect(told.filter((route) => !known.has(route))).toEqual([]);
  });
});

describe("links and commands", () => {
  const pages = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    ...readdirSync(join(root, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  it.each(pages)("%s links to files that exist", (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)].map((match) =>
      join(page, "..", match[1] ?? ""),
    );
    const dead = links.filter((link) => {
      try {
        return readdirSync(join(root, link, "..")).every((name) => !link.endsWith(name));
      } catch {
        return true;
      }
    });
    expect(dead).toEqual([]);
  });
  it("every npm script that a page names exists", () => {
    const scripts = Object.keys(
      z.looseObject({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read("package.json")))
        .scripts,
    );
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/npm run (?:--silent )?([a-z:]+)/g)].map((match) => match[1] ?? ""),
    );
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });
});
