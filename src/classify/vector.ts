/** A sparse vector of features, filled again for each prompt. */
import { finish } from "../domain/hash.ts";
import type { KeyTable } from "./key-table.ts";

export const VECTOR_MAX = 4_096;

/** The row of a hashed feature, or -1 when it is not one of those that are known. */
export type RowOf = (hash: number) => number;

export class Vector {
  readonly rows = new Int32Array(VECTOR_MAX);
  readonly values = new Float32Array(VECTOR_MAX);
  count = 0;
  private readonly rowOf: RowOf;

  constructor(rowOf: RowOf) {
    this.rowOf = rowOf;
  }

  /** A hashed feature; forgotten when it is unknown, but counted in its zone's size. */
  add(hash: number, value: number): void {
    const row = this.rowOf(finish(hash));
    if (row >= 0) this.put(row, value);
  }

  put(row: number, value: number): void {
    if (this.count >= VECTOR_MAX) return;
    this.rows[this.count] = row;
    this.values[this.count] = value;
    this.count += 1;
  }

  /** Scales everything from `from` on. */
  scale(from: number, factor: number): void {
    for (let index = from; index < this.count; index += 1)
      this.values[index] = (this.values[index] ?? 0) * factor;
  }
}

/** Rows of hashed features stand after `reserved` others. */
export const rowsFrom =
  (table: KeyTable, reserved: number): RowOf =>
  (hash) => {
    const place = table.find(hash);
    return place < 0 ? -1 : reserved + place;
  };
