/** The Worker as a deployment would upload it, and its size. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT, WRANGLER, WRANGLER_ENV } from "./wrangler.ts";

export type BundleSize = { readonly rawBytes: number; readonly gzipBytes: number };

const KIB_BYTES = 1024;

/**
 * The platform's free plan takes 3 MB gzipped, and a new isolate parses all of it before its first request. A third of
 * that is many times the code of ours, and is passed on the day when a dependency brings what a router does not need.
 */
export const GZIP_MAX_BYTES = 1024 * KIB_BYTES;

/** Bundles into a directory. Throws with wrangler's own words when it does not build. */
export function bundle(outDir: string): BundleSize {
  const target = resolve(outDir);
  mkdirSync(target, { recursive: true });
  const built = spawnSync(
    process.execPath,
    [WRANGLER, "deploy", "--dry-run", "--minify", "--outdir", target],
    {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, ...WRANGLER_ENV, CI: "1" },
    },
  );
  if (built.status !== 0)
    throw new Error(`wrangler did not build the Worker:\n${built.stderr}${built.stdout}`);
  const code = readFileSync(join(target, "index.js"));
  return { rawBytes: code.length, gzipBytes: gzipSync(code).length };
}

const inKib = (bytes: number): string => `${bytes} bytes (${(bytes / KIB_BYTES).toFixed(1)} KiB)`;

export const sizeText = ({ rawBytes, gzipBytes }: BundleSize): string =>
  `bundle: ${inKib(rawBytes)}, gzip ${inKib(gzipBytes)}, of ${inKib(GZIP_MAX_BYTES)} allowed`;

/** Why a bundle must not be deployed, or null. */
export const sizeProblem = ({ gzipBytes }: BundleSize): string | null =>
  gzipBytes <= GZIP_MAX_BYTES
    ? null
    : `the bundle has ${inKib(gzipBytes)} gzipped, over the limit of ${inKib(GZIP_MAX_BYTES)}. What is in it: npx wrangler deploy --dry-run --minify --metafile --outdir .wrangler/bundle`;
