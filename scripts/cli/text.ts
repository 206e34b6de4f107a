/** Plain text for terminals and pipes: tables, pairs, units. */
import { formatUsd } from "../../src/domain/money.ts";

const escaped = (hidden: string): string =>
  hidden
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

/**
 * Text whose control and invisible characters are spelt out, line ends and tabs apart. What the API answers holds
 * names that clients chose, and a terminal obeys escape sequences. The spelling is JSON's, so JSON stays what it was.
 */
export const visible = (text: string): string =>
  text.replaceAll(/(?!\n|\r\n|\t)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);

/** What a text says as JSON; undefined when it is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value on one line: a line end within it would look like another row. */
export const oneLine = (text: string): string => visible(text.replaceAll(/[\n\r\t]/g, escaped));

/** The end of "… is not known": which names are. */
export const knownNames = (names: readonly string[]): string =>
  names.length === 0 ? "none is" : `${names.join(", ")} ${names.length === 1 ? "is" : "are"}`;

export type Cell = string | number | boolean | null | undefined;

const cellText = (cell: Cell): string => {
  if (cell === null || cell === undefined || cell === "") return "-";
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return oneLine(String(cell));
};

/** A heading and what stands under it. */
export type Column<Row> = readonly [string, (row: Row) => Cell];

const isNumber = (text: string): boolean => /^(?:-|[+-]?[\d.]+(?: %)?)$/.test(text);

/** Aligned columns, two spaces apart; columns of numbers to the right. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const drawn = columns.map(([head, read]) => {
    const cells = rows.map((row) => cellText(read(row)));
    const width = cells.reduce((most, cell) => Math.max(most, cell.length), head.length);
    const right = cells.length > 0 && cells.every(isNumber);
    return [head, ...cells].map((cell) => (right ? cell.padStart(width) : cell.padEnd(width)));
  });
  return [-1, ...rows.keys()]
    .map((index) =>
      drawn
        .map((cells) => cells[index + 1] ?? "")
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Two columns under a heading of a help text. */
export const helpColumns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
};

/** Names and values, one pair a line. */
export function pairs(rows: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${cellText(value)}\n`).join("");
}

/** A time, or what was sent in place of one. */
export const time = (atMs: number): string =>
  Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : String(atMs);

export const usd = (value: number): string => value.toFixed(9);
export const nanoUsd = (value: number | null): string | null => (value === null ? null : formatUsd(value));
export const whole = (value: number | null): number | null => (value === null ? null : Math.round(value));
/** At most three decimals, and none that say nothing. */
export const short = (value: number): number => Number(value.toFixed(3));
export const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
