/** The end of one attempt's patience: a timer for the present stage, the request's deadline, and the client. */

export type Cut = "connect" | "first_content" | "idle" | "deadline" | "client";

export class Cutoff {
  readonly controller = new AbortController();
  cause: Cut | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private touchedAtMs: number;
  private readonly onClientGone = () => this.cut("client");

  private readonly now: () => number;
  private readonly deadlineAtMs: number;
  private readonly client: AbortSignal;

  constructor(now: () => number, deadlineAtMs: number, client: AbortSignal) {
    this.now = now;
    this.deadlineAtMs = deadlineAtMs;
    this.client = client;
    this.touchedAtMs = now();
    if (client.aborted) this.cut("client");
    else client.addEventListener("abort", this.onClientGone, { once: true });
  }

  /** Starts a stage: it is cut after `limitMs`, or at the deadline when that is earlier. */
  arm(stage: Exclude<Cut, "client" | "deadline"> | "deadline", limitMs = Infinity): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    const leftMs = this.deadlineAtMs - this.now();
    const cause = limitMs < leftMs ? stage : "deadline";
    this.timer = setTimeout(() => this.cut(cause), Math.max(0, Math.min(limitMs, leftMs)));
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
    const leftMs = this.deadlineAtMs - this.now();
    if (leftMs <= 0) return this.cut("deadline");
    if (idleLeftMs <= 0) return this.cut("idle");
    this.timer = setTimeout(() => this.lookForIdle(limitMs), Math.min(idleLeftMs, leftMs));
  }
}
