/** What the routes are given: everything that has an effect, as functions, so that a test can hand in its own. */
import type { DecisionRecord } from "../src/domain/record.ts";
import type { Snapshot, SnapshotReading } from "../src/domain/registry.ts";
import type { RelayDeps } from "../src/relay/types.ts";
import type { DecisionFilter } from "../src/store/decision-log.ts";
import type { Asked, DecisionPages, Shown } from "../src/store/decision-pages.ts";
import type { StatsRow } from "../src/store/decision-stats.ts";
import type { Change, ChangeResult, VersionRow } from "../src/store/registry-object.ts";

/** The part of a platform's context that outlives an answer. */
export type Background = { readonly waitUntil: (promise: Promise<unknown>) => void };

export type RouterDeps = {
  readonly now: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  /** The name of an API key, or null. At once for a key that was seen before. */
  readonly keyName: (presented: string) => string | null | Promise<string | null>;
  readonly isAdmin: (presented: string) => Promise<boolean>;
  /** The registry to decide on, at once while the copy is fresh; null when no store has ever answered. */
  readonly snapshot: (background: Background) => SnapshotReading | Promise<SnapshotReading | null>;
  readonly relay: RelayDeps;
  /** Logs, counts and queues; never throws, never keeps a request waiting. */
  readonly record: (record: DecisionRecord, background: Background) => void;
  readonly problem: (event: string, detail: Readonly<Record<string, unknown>>) => void;
  readonly registry: {
    readonly read: () => Promise<Snapshot>;
    readonly change: (change: Change, expectedVersion: number | null) => Promise<ChangeResult>;
    readonly versions: (limit: number, beforeVersion: number | null) => Promise<VersionRow[]>;
  };
  readonly log: {
    readonly newest: (limit: number) => Promise<DecisionRecord[]>;
    readonly pages: (shown: Shown, filter: DecisionFilter, asked: Asked) => Promise<DecisionPages>;
    readonly get: (id: string) => Promise<DecisionRecord | null>;
    readonly stats: (filter: DecisionFilter) => Promise<StatsRow[]>;
  };
};
