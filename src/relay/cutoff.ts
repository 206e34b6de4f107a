/** The end of one attempt's patience: a timer for the present stage, its share of the time, the deadline, the client. */

/** What a backend is given: time for the headers, for the first content, between two chunks. */
export type Stage = "connect" | "first_content" | "idle";
export type Cut = Stage | "share" | "deadline" | "client";

export type Ends = {
  readonly deadlineAtMs: number;
  /** Until here the answer must have begun, so that there is time left for the next candidate. */
  readonly shareEndsAtMs: number;
};

export class Cutoff {
  readonly controller = new AbortController();
  cause: Cut | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private touchedAtMs: number;
  private readonly onClientGone = () => this.cut("client");

  private readonly now: () => number;
  private readonly ends: Ends;
  private readonly client: AbortSignal;

  constructor(now: () => number, ends: Ends, client: AbortSignal) {
    this.now = now;
    this.ends = ends;
    this.client = client;
    this.touchedAtMs = now();
    if (client.aborted) this.cut("client");
    else client.addEventListener("abort", this.onClientGone, { once: true });
  }

  /** Starts a stage: it is cut after `limitMs`, or at the end of the share or at the deadline when that is earlier. */
  arm(stage: Stage, limitMs: number): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    const nowMs = this.now();
    const [shareMs, leftMs] = [this.ends.shareEndsAtMs - nowMs, this.ends.deadlineAtMs - nowMs];
    const waitMs = Math.min(limitMs, shareMs, leftMs);
    const cause = waitMs === leftMs ? "deadline" : waitMs === shareMs ? "share" : stage;
    this.timer = setTimeout(() => this.cut(cause), Math.max(0, waitMs));
  }

  /** Cuts when nothing was touched for `limitMs`. One timer that looks again, not one for each chunk. */
  armIdle(limitMs: number): void {
    this.touch(this.now());
    this.lookForIdle(limitMs);
  }

  touch(nowMs: number): void {
    this.touchedAtMs = nowMs;
  }

  cut(cause: Cut): void {
    if (this.cause !== null) return;
    this.cause = cause;
    this.release();
    this.controller.abort();
  }

  /** Stops the timers; the attempt goes on or is over. */
  release(): void {
    clearTimeout(this.timer);
    this.client.removeEventListener("abort", this.onClientGone);
  }

  private lookForIdle(limitMs: number): void {
    clearTimeout(this.timer);
    const idleLeftMs = this.touchedAtMs + limitMs - this.now();
    const leftMs = this.ends.deadlineAtMs - this.now();
    if (leftMs <= 0) return this.cut("deadline");
    if (idleLeftMs <= 0) return this.cut("idle");
    this.timer = setTimeout(() => this.lookForIdle(limitMs), Math.min(idleLeftMs, limitMs, leftMs));
  }
}
