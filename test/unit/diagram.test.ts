import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const svg = readFileSync(join(import.meta.dirname, "../../docs/pointsman.svg"), "utf8");
const number = (attributes: string, name: string) =>
  Number(new RegExp(` ${name}="([\\d.]+)"`).exec(attributes)?.[1] ?? Number.NaN);

const boxes = [...svg.matchAll(/<rect([^>]*rx="8"[^>]*)\/>/g)]
  .map(([, attributes = ""]) => ({
    x: number(attributes, "x"),
    y: number(attributes, "y"),
    width: number(attributes, "width"),
    height: number(attributes, "height"),
  }))
  .filter(({ x }) => !Number.isNaN(x));
const texts = [...svg.matchAll(/<text([^>]*)>([^<]+)<\/text>/g)].map(([, attributes = "", text = ""]) => ({
  x: number(attributes, "x"),
  y: number(attributes, "y"),
  px: attributes.includes("small") ? 12 : 15,
  text,
}));

/** The mean width of a letter in em, as DejaVu Sans has it, the widest of the usual fonts. */
const LETTER_EM = 0.5;
const PADDING_PX = 4;

describe("docs/pointsman.svg", () => {
  it.each(texts)("“$text” stays inside its box", ({ x, y, px, text }) => {
    const half = (text.length * px * LETTER_EM) / 2 + PADDING_PX;
    const around = boxes.filter(
      (box) =>
        x - half >= box.x && x + half <= box.x + box.width && y - px >= box.y && y <= box.y + box.height,
    );
    expect(around).toHaveLength(1);
  });

  it("has no spaces that collapse, and a dark scheme", () => {
    expect(texts.filter(({ text }) => text.includes("  "))).toEqual([]);
    expect(svg).toContain("@media (prefers-color-scheme: dark)");
  });
});
