import { spawnSync } from "node:child_process";
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
      { id: null, error: expect.stringMatching(/^line 2: /) },
      { id: "c", error: expect.stringMatching(/^line 3: /) },
      { id: "d", evidence: "none" },
    ]);
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

  it("answers an empty input with nothing", () => {
    expect(run("")).toEqual({ status: 0, rows: [] });
  });
});
