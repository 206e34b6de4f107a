import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const script = new URL("../../scripts/classify.ts", import.meta.url).pathname;
const outputSchema = z.looseObject({ id: z.string().nullable() });

function run(input: string) {
  const { stdout, status } = spawnSync(process.execPath, [script], { input, encoding: "utf8" });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { status, rows: lines.map((line) => outputSchema.parse(JSON.parse(line))) };
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`;

describe("npm run classify", () => {
  it("answers each line in order and exits with 0", () => {
    const { status, rows } = run(
      line({ id: "a", prompt: "hi" }) +
        line({ id: "b", messages: [{ role: "user", content: "Write a poem about autumn" }], max_tokens: 9 }),
    );
    expect(status).toBe(0);
    expect(rows).toMatchObject([
      { id: "a", task: "chat", evidence: "strong" },
      { id: "b", task: "generation", outputTokens: { p50: 9, p90: 9 } },
    ]);
  });

  it("puts an error in a bad line's place, goes on and exits with 1", () => {
    const { status, rows } = run(
      `${line({ id: "a", prompt: "hi" })}{broken\n${line({ id: "c" })}\n${line({ id: "d", prompt: "" })}`,
    );
    expect(status).toBe(1);
    expect(rows).toMatchObject([
      { id: "a", task: "chat" },
      { id: null, error: "line 2: not JSON" },
      { id: "c", error: "line 3: prompt or messages is missing" },
      { id: "d", evidence: "none" },
    ]);
  });

  it("numbers lines without an id, empty ones counted", () => {
    const { status, rows } = run(
      `${line({ prompt: "hi" })}\n${line({ messages: [{ role: "user", content: "hi" }] })}`,
    );
    expect([status, rows.map(({ id }) => id)]).toEqual([0, ["1", "3"]]);
  });

  it.each([
    ["a text", '"hi"', null, "not a JSON object"],
    ["a list", "[]", null, "not a JSON object"],
    ["neither field", "{}", "1", "prompt or messages is missing"],
    ["a prompt that is none", '{"prompt":1}', "1", "prompt: "],
    ["messages that are none", '{"id":7,"messages":[]}', "7", "messages: "],
    ["a role that is none", '{"messages":[{"role":"king","content":"hi"}]}', "1", "messages.0.role: "],
    ["an id that is none", '{"id":true,"prompt":"hi"}', null, "id: must be a text or a number"],
  ])("names what is wrong with %s", (_what, input, id, message) => {
    const { status, rows } = run(`${input}\n`);
    expect([status, rows]).toEqual([1, [{ id, error: expect.stringMatching(`^line 1: ${message}`) }]]);
  });

  it("streams more than a pipe holds without loss", () => {
    const count = 3000;
    const { status, rows } = run(
      Array.from({ length: count }, (_, index) =>
        line({ id: `${index}`, prompt: "Why is the sky blue?" }),
      ).join(""),
    );
    expect(status).toBe(0);
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: count }, (_, index) => `${index}`));
  });

  it("ends in silence when the reader of its pipe has gone", async () => {
    const child = spawn(process.execPath, [script]);
    child.stdout.destroy();
    child.stdin.on("error", () => child.stdin.destroy()).end(line({ prompt: "hi" }).repeat(20_000));
    const [err] = await Promise.all([text(child.stderr), once(child, "exit")]);
    expect([child.exitCode, err]).toEqual([0, ""]);
  });

  it("answers an empty input with nothing", () => {
    expect(run("")).toEqual({ status: 0, rows: [] });
  });
});
