import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

/** Secrets of the tests' Worker: made up, and long enough to pass its own rules. */
const bindings = {
  ADMIN_TOKEN: "test-admin-token-0123456789",
  DEV_API_KEY: "test-api-key-0123456789",
  KEY_PEPPER: "test-pepper-0123456789",
  ALLOW_INSECURE_LOOPBACK: "true",
  MIGRATIONS: await readD1Migrations("./migrations"),
};

export default defineConfig({
  test: {
    silent: "passed-only",
    projects: [
      {
        test: { name: "unit", include: ["test/unit/**/*.test.ts"], environment: "node", testTimeout: 30_000 },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" }, miniflare: { bindings } })],
        test: {
          name: "workerd",
          include: ["test/worker/**/*.test.ts"],
          globalSetup: ["./test/worker/global-setup.ts"],
          testTimeout: 30_000,
        },
      },
    ],
  },
});
