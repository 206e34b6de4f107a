/** The registry: one Durable Object, its versions in SQLite, each change compare-and-set, each version published to KV. */
import { Buffer } from "node:buffer";
import { isDeepStrictEqual } from "node:util";
import { DurableObject } from "cloudflare:workers";
import type { Issue } from "../domain/errors.ts";
import { type RegistryDocument, type Snapshot, registryDocumentSchema } from "../domain/registry.ts";
import { parseDocument } from "../registry/document.ts";
import { patchPool, poolNamed, withoutPool } from "../registry/patch.ts";
import { HISTORY_MAX } from "./history.ts";
import { LengthStore } from "./length-store.ts";
import type { SeenByTask } from "./lengths.ts";
import { Publisher } from "./publisher.ts";
import { SNAPSHOT_KEY } from "./snapshot.ts";
import { urlRulesFrom } from "./url-rules.ts";

/** SQLite takes 2 MB to a row, and a row is a document and a little more. */
export const DOCUMENT_BYTES_MAX = 1_900_000;

export type Change =
  | { readonly kind: "put"; readonly document: unknown }
  | { readonly kind: "create_pool"; readonly pool: unknown }
  | { readonly kind: "put_pool"; readonly id: string; readonly pool: unknown }
  | { readonly kind: "patch_pool"; readonly id: string; readonly patch: unknown }
  | { readonly kind: "delete_pool"; readonly id: string }
  | { readonly kind: "rollback"; readonly version: number };

export type ChangeResult =
  | { readonly ok: true; readonly before: Snapshot; readonly after: Snapshot }
  | { readonly ok: false; readonly problem: "stale"; readonly currentVersion: number }
  | {
      readonly ok: false;
      readonly problem: "unknown_pool" | "unknown_version" | "exists";
      readonly what: string;
    }
  | { readonly ok: false; readonly problem: "invalid"; readonly issues: readonly Issue[] };

export type VersionRow = {
  readonly version: number;
  readonly publishedAtMs: number;
  readonly change: string;
  readonly pools: number;
};

type Row = { version: number; published_at_ms: number; document: string };

const EMPTY: Snapshot = { version: 0, publishedAtMs: 0, document: registryDocumentSchema.parse({}) };

export class RegistryObject extends DurableObject<Env> {
  private current: Snapshot | null = null;
  private readonly publisher: Publisher;
  private readonly lengths: LengthStore;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS versions (version INTEGER PRIMARY KEY, published_at_ms INTEGER NOT NULL, change TEXT NOT NULL, pools INTEGER NOT NULL, document TEXT NOT NULL)",
    );
    this.lengths = new LengthStore(ctx.storage.sql);
    this.publisher = new Publisher({
      newest: () => this.load(),
      put: (text) => env.SNAPSHOT.put(SNAPSHOT_KEY, text),
      setAlarm: (atMs) => ctx.storage.setAlarm(atMs),
      deleteAlarm: () => ctx.storage.deleteAlarm(),
      now: Date.now,
      background: (promise) => ctx.waitUntil(promise),
    });
  }

  /** The present version, or null when the caller has it already: the answer to a refresh is mostly that. */
  read(knownVersion: number | null, knownRevision: number | null): Snapshot | null {
    const snapshot = this.load();
    const known = snapshot.version === knownVersion && (snapshot.lengths?.revision ?? 0) === knownRevision;
    return known ? null : snapshot;
  }

  /** Learns from answers how long they are here; isolates are told when it makes a difference. */
  async observe(seen: SeenByTask): Promise<void> {
    if (!this.lengths.observe(seen)) return;
    this.current = { ...this.load(), lengths: this.lengths.published() };
    await this.publisher.publish();
  }

  /**
   * Applies one change. With `expectedVersion`, only when that is still the present one. A change that changes nothing
   * makes no version: whoever writes the same document again and again must not push the others out of the history.
   */
  async change(change: Change, expectedVersion: number | null): Promise<ChangeResult> {
    const before = this.load();
    if (expectedVersion !== null && expectedVersion !== before.version)
      return { ok: false, problem: "stale", currentVersion: before.version };
    const applied = this.apply(before.document, change);
    if (!applied.ok) return applied;
    const parsed = parseDocument(applied.document, urlRulesFrom(this.env));
    if (!parsed.ok)
      return { ok: false, problem: "invalid", issues: withoutPoolPrefix(parsed.issues, applied.poolIndex) };
    if (isDeepStrictEqual(parsed.value, before.document)) return { ok: true, before, after: before };
    const text = JSON.stringify(parsed.value);
    if (Buffer.byteLength(text) > DOCUMENT_BYTES_MAX)
      return { ok: false, problem: "invalid", issues: [tooLarge(Buffer.byteLength(text))] };
    const after: Snapshot = {
      version: before.version + 1,
      publishedAtMs: Date.now(),
      document: parsed.value,
      ...(before.lengths === undefined ? {} : { lengths: before.lengths }),
    };
    this.ctx.storage.sql.exec(
      "INSERT INTO versions (version, published_at_ms, change, pools, document) VALUES (?, ?, ?, ?, ?)",
      after.version,
      after.publishedAtMs,
      change.kind,
      after.document.pools.length,
      text,
    );
    this.ctx.storage.sql.exec("DELETE FROM versions WHERE version <= ?", after.version - HISTORY_MAX);
    this.current = after;
    await this.publisher.publish();
    return { ok: true, before, after };
  }

  versions(limit: number, beforeVersion: number | null): VersionRow[] {
    return this.ctx.storage.sql
      .exec<{ version: number; published_at_ms: number; change: string; pools: number }>(
        "SELECT version, published_at_ms, change, pools FROM versions WHERE version < ? ORDER BY version DESC LIMIT ?",
        beforeVersion ?? Number.MAX_SAFE_INTEGER,
        limit,
      )
      .toArray()
      .map((row) => ({
        version: row.version,
        publishedAtMs: row.published_at_ms,
        change: row.change,
        pools: row.pools,
      }));
  }

  override async alarm(): Promise<void> {
    await this.publisher.publish();
  }

  private load(): Snapshot {
    if (this.current !== null) return this.current;
    const [row] = this.ctx.storage.sql
      .exec<Row>("SELECT version, published_at_ms, document FROM versions ORDER BY version DESC LIMIT 1")
      .toArray();
    const lengths = this.lengths.published();
    const snapshot = row === undefined ? EMPTY : snapshotOf(row);
    this.current = lengths.revision === 0 ? snapshot : { ...snapshot, lengths };
    return this.current;
  }

  private apply(
    document: RegistryDocument,
    change: Change,
  ): { ok: true; document: unknown; poolIndex: number | null } | Extract<ChangeResult, { ok: false }> {
    const place = (pool: unknown, id: string) => {
      const index = document.pools.findIndex((other) => other.id === id);
      const pools: unknown[] = [...document.pools];
      pools[index === -1 ? pools.length : index] = pool;
      return {
        ok: true as const,
        document: { ...document, pools },
        poolIndex: index === -1 ? document.pools.length : index,
      };
    };
    switch (change.kind) {
      case "put":
        return { ok: true, document: change.document, poolIndex: null };
      case "create_pool": {
        const id = idOf(change.pool);
        return poolNamed(document, id) === null
          ? place(change.pool, "")
          : { ok: false, problem: "exists", what: id };
      }
      case "put_pool":
        return place(change.pool, change.id);
      case "patch_pool": {
        const pool = poolNamed(document, change.id);
        return pool === null ? unknownPool(change.id) : place(patchPool(pool, change.patch), change.id);
      }
      case "delete_pool":
        return poolNamed(document, change.id) === null
          ? unknownPool(change.id)
          : { ok: true, document: withoutPool(document, change.id), poolIndex: null };
      case "rollback": {
        const [row] = this.ctx.storage.sql
          .exec<Row>(
            "SELECT version, published_at_ms, document FROM versions WHERE version = ?",
            change.version,
          )
          .toArray();
        if (row === undefined) return { ok: false, problem: "unknown_version", what: String(change.version) };
        return { ok: true, document: snapshotOf(row).document, poolIndex: null };
      }
    }
  }
}

const tooLarge = (bytes: number): Issue => ({
  path: "",
  message: `the registry would be ${bytes} bytes of JSON; ${DOCUMENT_BYTES_MAX} is the most that is kept`,
});

const unknownPool = (id: string) => ({ ok: false as const, problem: "unknown_pool" as const, what: id });

const snapshotOf = (row: Row): Snapshot => ({
  version: row.version,
  publishedAtMs: row.published_at_ms,
  document: registryDocumentSchema.parse(JSON.parse(row.document)),
});

const idOf = (pool: unknown): string =>
  typeof pool === "object" && pool !== null && "id" in pool && typeof pool.id === "string" ? pool.id : "";

/** A writer of one pool reads paths from that pool, not from its place in the document. */
const withoutPoolPrefix = (issues: readonly Issue[], poolIndex: number | null): Issue[] =>
  issues.map(({ path, message }) => ({
    path: poolIndex === null ? path : path.replace(`pools[${poolIndex}]`, "").replace(/^\./, ""),
    message,
  }));
