/** Plots as SVG, light and dark. */
import { TASKS, type Task } from "../src/domain/traits.ts";
import type { Bin } from "./measures.ts";

const [SIZE, MARGIN] = [320, 40];
const STYLE = `<style>text{font:11px system-ui,sans-serif;fill:#333}.axis{stroke:#888}.line{stroke:#0a66c2;fill:none;stroke-width:2}.dot{fill:#0a66c2}.ideal{stroke:#bbb;stroke-dasharray:4}.cell{fill:#0a66c2}@media(prefers-color-scheme:dark){text{fill:#ddd}.line{stroke:#6cb2ff}.dot,.cell{fill:#6cb2ff}.axis,.ideal{stroke:#777}}</style>`;
const x = (value: number) => MARGIN + value * SIZE;
const y = (value: number) => MARGIN + (1 - value) * SIZE;

function frame(title: string, across: string, up: string, inside: string): string {
  const edge = SIZE + 2 * MARGIN;
  const ticks = [0, 0.25, 0.5, 0.75, 1]
    .map(
      (at) =>
        `<text x="${x(at)}" y="${y(0) + 14}" text-anchor="middle">${at}</text><text x="${x(0) - 6}" y="${y(at) + 4}" text-anchor="end">${at}</text>`,
    )
    .join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${edge} ${edge}" role="img" aria-label="${title}">${STYLE}<text x="${edge / 2}" y="16" text-anchor="middle">${title}</text><path class="axis" fill="none" d="M${x(0)} ${y(1)}V${y(0)}H${x(1)}"/>${ticks}<text x="${edge / 2}" y="${edge - 8}" text-anchor="middle">${across}</text><text transform="translate(12 ${edge / 2}) rotate(-90)" text-anchor="middle">${up}</text>${inside}</svg>\n`;
}

export function reliabilityPicture(bins: readonly Bin[]): string {
  const dots = bins
    .map(
      ({ confidence, accuracy, count }) =>
        `<circle class="dot" cx="${x(confidence).toFixed(1)}" cy="${y(accuracy).toFixed(1)}" r="${(2 + Math.sqrt(count) / 12).toFixed(1)}"/>`,
    )
    .join("");
  const ideal = `<path class="ideal" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>`;
  return frame("Reliability: sources that were left out", "confidence", "right", ideal + dots);
}

export function coveragePicture(points: readonly { covered: number; accuracy: number }[]): string {
  const path = points
    .map(
      ({ covered, accuracy }, at) =>
        `${at === 0 ? "M" : "L"}${x(covered).toFixed(1)} ${y(accuracy).toFixed(1)}`,
    )
    .join("");
  return frame(
    "Right among the most confident",
    "share answered",
    "right",
    `<path class="line" d="${path}"/>`,
  );
}

const CELL = 30;
const LEFT = 96;

/** Rows are the labels, columns the guesses; a second label counts as the guess that it allows. */
export function confusionPicture(
  outcomes: readonly { readonly task: Task; readonly second: Task | null; readonly guess: Task }[],
): string {
  const cells = TASKS.flatMap((task, row) => {
    const own = outcomes.filter((one) => one.task === task);
    return TASKS.map((guess, column) => {
      const count = own.filter((one) => (one.guess === one.second ? one.task : one.guess) === guess).length;
      const share = count / Math.max(1, own.length);
      const [left, top] = [LEFT + column * CELL, LEFT + row * CELL];
      const number =
        share >= 0.01
          ? `<text x="${left + CELL / 2}" y="${top + 19}" text-anchor="middle">${Math.round(share * 100)}</text>`
          : "";
      return `<rect class="cell" x="${left}" y="${top}" width="${CELL}" height="${CELL}" opacity="${(share * 0.8).toFixed(2)}"/>${number}`;
    });
  }).join("");
  const names = TASKS.map((task, at) => {
    const middle = LEFT + at * CELL + 19;
    return `<text x="${LEFT - 6}" y="${middle}" text-anchor="end">${task}</text><text transform="translate(${middle} ${LEFT - 6}) rotate(-60)">${task}</text>`;
  }).join("");
  const edge = LEFT + TASKS.length * CELL + 20;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${edge + 40} ${edge}" role="img" aria-label="Confusion matrix, per cent of each label">${STYLE}${names}${cells}</svg>\n`;
}
