/** The registry's way to KV: the newest version wins in the end, and no change waits for it. */
import type { Snapshot } from "../domain/registry.ts";

export const PUBLISH = {
  /** KV takes one write a second to a key. */
  everyMs: 1_100,
  /** A write that has not ended by then is taken for lost, and the next one may start. */
  lostAfterMs: 30_000,
} as const;

export type PublishParts = {
  readonly newest: () => Snapshot;
  readonly put: (text: string) => Promise<void>;
  readonly setAlarm: (atMs: number) => Promise<void>;
  readonly deleteAlarm: () => Promise<void>;
  readonly now: () => number;
  readonly background: (promise: Promise<void>) => void;
};

export class Publisher {
  private readonly parts: PublishParts;
  private startedAtMs = Number.NEGATIVE_INFINITY;
  private publishing = false;

  constructor(parts: PublishParts) {
    this.parts = parts;
  }

  /** Starts a write of the newest version, or leaves it to the alarm, which is set before anything can fail. */
  async publish(): Promise<void> {
    const { now, setAlarm, background } = this.parts;
    await setAlarm(now() + PUBLISH.everyMs);
    const waitMs = this.publishing ? PUBLISH.lostAfterMs : PUBLISH.everyMs;
    if (now() - this.startedAtMs >= waitMs) background(this.write());
  }

  /** Two writes under way at once could leave the older version: the one that ends last is checked against the newest. */
  private async write(): Promise<void> {
    const { newest, put, setAlarm, deleteAlarm, now } = this.parts;
    const startedAtMs = now();
    [this.startedAtMs, this.publishing] = [startedAtMs, true];
    const published = newest();
    const landed = await put(JSON.stringify(published)).then(
      () => true,
      () => false,
    );
    const alone = this.startedAtMs === startedAtMs;
    if (alone) this.publishing = false;
    const latest = newest();
    const same =
      latest.version === published.version && latest.lengths?.revision === published.lengths?.revision;
    if (landed && alone && same) await deleteAlarm();
    else await setAlarm(now() + PUBLISH.everyMs);
  }
}
