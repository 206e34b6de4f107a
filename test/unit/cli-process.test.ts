import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { type RequestListener, createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const script = join(import.meta.dirname, "../../scripts/pointsman.ts");

/** An API on loopback for the time of one test. */
async function withServer<Value>(
  listener: RequestListener,
  use: (url: string) => Promise<Value>,
): Promise<Value> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = z.object({ port: z.number() }).parse(server.address());
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const start = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) =>
  spawn(process.execPath, [script, ...args], {
    cwd,
    env: { ...process.env, POINTSMAN_URL: "", POINTSMAN_ADMIN_TOKEN: "", ...env },
  });

async function end(child: ReturnType<typeof start>, input = "") {
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, out, err };
}

const emptyFolder = () => mkdtempSync(join(tmpdir(), "pointsman-cli-"));

describe("the process", () => {
  it("says which URL nobody listens on, and how to start", async () => {
    const url = await withServer(
      () => undefined,
      (closed) => Promise.resolve(closed),
    );
    const env = { POINTSMAN_URL: url, POINTSMAN_ADMIN_TOKEN: "t" };
    expect(await end(start(["pools"], emptyFolder(), env))).toEqual({
      code: 1,
      out: "",
      err: `error: ${url} cannot be reached (ECONNREFUSED). Start the router with "npm start", or set POINTSMAN_URL.\n`,
    });
  });

  it("takes the token of a local router from .dev.vars", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, ".dev.vars"), 'ADMIN_TOKEN="from-the-file"\n');
    const out = await withServer(
      ({ headers }, answer) => answer.end(JSON.stringify({ token: headers.authorization })),
      async (url) => (await end(start(["pool", "x", "--json"], folder, { POINTSMAN_URL: url }))).out,
    );
    expect(out).toBe('{"token":"Bearer from-the-file"}\n');
  });

  it("makes no .dev.vars where there is none", async () => {
    const folder = emptyFolder();
    const { code, err } = await end(start(["pools"], folder, {}));
    expect([code, err, readdirSync(folder)]).toEqual([
      2,
      "error: POINTSMAN_ADMIN_TOKEN is not set, and ./.dev.vars has no ADMIN_TOKEN (npm start makes one).\n",
      [],
    ]);
  });

  it("reads a document from the standard input, and replaces the version that it has seen", async () => {
    const body = '{"pools":[],"data":[{"weight":1,"draining":false}]}';
    const seen: unknown[] = [];
    const said = await withServer(
      async (request, answer) => {
        const { method, headers } = request;
        seen.push([method, headers["if-match"], await text(request)]);
        answer.setHeader("etag", method === "GET" ? '"v6"' : '"v7"').end(body);
      },
      (url) =>
        end(
          start(["registry", "put", "-"], emptyFolder(), { POINTSMAN_URL: url, POINTSMAN_ADMIN_TOKEN: "t" }),
          '{"pools": []}',
        ),
    );
    expect(said).toEqual({ code: 0, out: "The registry is now v7 (pools: 0).\n", err: "" });
    expect(seen.slice(0, 2)).toEqual([
      ["GET", undefined, ""],
      ["PUT", '"v6"', '{"pools": []}'],
    ]);
  });

  it("ends in silence when the reader of its pipe has gone", async () => {
    const long = JSON.stringify({ id: "x".repeat(1_000_000) });
    const said = await withServer(
      (_request, answer) => answer.end(long),
      async (url) => {
        const env = { POINTSMAN_URL: url, POINTSMAN_ADMIN_TOKEN: "t" };
        const child = start(["pool", "x"], emptyFolder(), env);
        child.stdout.destroy();
        const [err] = await Promise.all([text(child.stderr), once(child, "exit")]);
        return { code: child.exitCode, err };
      },
    );
    expect(said).toEqual({ code: 0, err: "" });
  });
});
