import { beforeEach, describe, expect, it } from "vitest";
import { cli } from "./cli-shell.ts";
import { fleet, setUp } from "./world.ts";

beforeEach(setUp);

const WARNING =
  "Warning: no pool takes requests now, so each is refused (503). Undrain one or give it a weight.\n";

describe("the last pool that takes requests", () => {
  const drained = JSON.stringify({ pools: fleet().pools.map((pool) => ({ ...pool, draining: true })) });
  it.each([
    ["weights", ["weights", "altra=0", "h100=0"], WARNING],
    ["a drain", ["drain", "altra"], ""],
    ["a field", ["set", "h100", "weight=0"], ""],
    ["a document", ["registry", "put", "-"], WARNING],
    ["weights that give one back", ["weights", "altra=0", "h100=2"], ""],
  ])("taken by %s", async (_what, argv, err) => {
    const said = await cli(argv, { readFile: () => Promise.resolve(drained) });
    expect([said.code, said.err]).toEqual([0, err]);
  });
  it.each([
    ["drain", "h100"],
    ["set", "h100", "draining=true"],
  ])("taken one by one: %s", async (...argv) => {
    await cli(["drain", "altra"]);
    expect(await cli(argv)).toMatchObject({ code: 0, err: WARNING });
    expect((await cli(["undrain", "altra"])).err).toBe("");
  });
});
