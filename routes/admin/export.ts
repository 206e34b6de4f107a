/** Decisions as JSON, NDJSON or CSV, passed on a page at a time. */
import type { Position } from "../../src/store/decision-log.ts";
import {
  type DecisionPages,
  type Shown,
  TABLE_COLUMNS,
  type Values,
} from "../../src/store/decision-pages.ts";

export const FORMATS = ["json", "ndjson", "csv"] as const;
export type Format = (typeof FORMATS)[number];

type Cell = Values[string];

type Layout = {
  readonly shown: Shown;
  readonly contentType: string;
  readonly head: string;
  readonly row: (values: Values) => string;
  readonly between: string;
  readonly tail: (next: string | null) => string;
};

const cell = (value: Cell | undefined): string => {
  const text = String(value ?? "");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const csvLine = (cells: readonly (Cell | undefined)[]): string => `${cells.map(cell).join(",")}\r\n`;
const detail = (values: Values): string => String(values["detail"]);

export const LAYOUTS: Readonly<Record<Format, Layout>> = {
  json: {
    shown: "detail",
    contentType: "application/json",
    head: '{"data":[',
    row: detail,
    between: ",",
    tail: (next) => `],"next":${JSON.stringify(next)}}`,
  },
  ndjson: {
    shown: "detail",
    contentType: "application/x-ndjson",
    head: "",
    row: (values) => `${detail(values)}\n`,
    between: "",
    tail: () => "",
  },
  csv: {
    shown: "table",
    contentType: "text/csv; charset=utf-8",
    head: csvLine(TABLE_COLUMNS),
    row: (values) => csvLine(TABLE_COLUMNS.map((name) => values[name])),
    between: "",
    tail: () => "",
  },
};

const cursorOf = (position: Position | null): string | null =>
  position === null ? null : `${position.atMs}_${position.id}`;

/** The answer; `failed` hears of a page that could not be read once others had gone out. */
export function exported(
  { next, pages }: DecisionPages,
  format: Format,
  failed: (error: unknown) => void,
): Response {
  const [layout, cursor] = [LAYOUTS[format], cursorOf(next)];
  const headers = {
    "content-type": layout.contentType,
    ...(cursor === null || format === "json" ? {} : { "x-pointsman-next": cursor }),
  };
  return new Response(streamOf(textOf(layout, pages, cursor), failed), { headers });
}

async function* textOf(
  { head, row, between, tail }: Layout,
  pages: DecisionPages["pages"],
  next: string | null,
): AsyncGenerator<string, void> {
  let first = true;
  for await (const rows of pages) {
    yield (first ? head : between) + rows.map(row).join(between);
    first = false;
  }
  const end = (first ? head : "") + tail(next);
  if (end !== "") yield end;
}

/** A chunk is made when the reader has room for it. What breaks off ends in an error, never in a shorter export. */
function streamOf(
  texts: AsyncGenerator<string, void>,
  failed: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { done, value } = await texts.next();
        if (done === true) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        failed(error);
        controller.error(error);
      }
    },
    cancel: async () => {
      await texts.return();
    },
  });
}
