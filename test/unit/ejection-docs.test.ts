import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { STRIKES, ejectionMs } from "../../src/health/strikes.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/api.md"), "utf8");

it.each([
  ["a failed connection", `A connection that fails is ${STRIKES.connectError} strike.`],
  ["an error of the server", `An error of the server is ${STRIKES.serverError}:`],
  [
    "the time out",
    `from 0 to ${STRIKES.baseMs / 1000} s x 2^(strikes - 1), ${STRIKES.capMs / 1000} s at most`,
  ],
])("the page tells of ejection: %s", (_what, text) => {
  expect(page).toContain(text);
});

it.each([
  [1, 0, 0],
  [1, 0.5, 2_500],
  [2, 0.5, 5_000],
  [16, 0.999, 59_940],
])("%i strikes and dice of %d: %i ms out", (strikes, dice, ms) => {
  expect(ejectionMs(strikes, () => dice)).toBeCloseTo(ms);
});
