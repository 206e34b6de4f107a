/** The running correction of answer lengths, a row a task in the registry object's SQLite. */
import { corrected } from "../classify/correction.ts";
import type { Lengths } from "../domain/registry.ts";
import { TASKS, type Task } from "../domain/traits.ts";
import type { SeenByTask } from "./lengths.ts";

/** Isolates are told again when a task's correction has moved this far: a twelfth of an octave is 6 %. */
const TOLD_OCTAVES = 1 / 12;

type Row = { task: string; octaves: number; told: number; revision: number };

export class LengthStore {
  private readonly sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS lengths (task TEXT PRIMARY KEY, octaves REAL NOT NULL, told REAL NOT NULL, revision INTEGER NOT NULL)",
    );
  }

  /** Takes what was seen; true when the published corrections have changed. */
  observe(seen: SeenByTask): boolean {
    const rows = new Map(this.rows().map((row) => [row.task, row]));
    const revision = Math.max(0, ...[...rows.values()].map((row) => row.revision)) + 1;
    let changed = false;
    for (const task of TASKS) {
      const own = seen[task];
      if (own === undefined) continue;
      const before = rows.get(task) ?? { octaves: 0, told: 0, revision: 0 };
      const octaves = corrected(before.octaves, own);
      const tell = Math.abs(octaves - before.told) >= TOLD_OCTAVES;
      changed ||= tell;
      this.sql.exec(
        "INSERT OR REPLACE INTO lengths (task, octaves, told, revision) VALUES (?, ?, ?, ?)",
        task,
        octaves,
        tell ? octaves : before.told,
        tell ? revision : before.revision,
      );
    }
    return changed;
  }

  /** What isolates are told: the corrections as of the last time that made a difference. */
  published(): Lengths {
    const rows = this.rows();
    const octaves: Partial<Record<Task, number>> = {};
    for (const task of TASKS) {
      const told = rows.find((row) => row.task === task)?.told ?? 0;
      if (told !== 0) octaves[task] = Math.round(told * 1000) / 1000;
    }
    return { revision: Math.max(0, ...rows.map(({ revision }) => revision)), octaves };
  }

  private rows(): Row[] {
    return this.sql.exec<Row>("SELECT task, octaves, told, revision FROM lengths").toArray();
  }
}
