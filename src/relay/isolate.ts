/** What one isolate remembers between requests: load and strikes of each backend, recent requests for the retry budget. */
import { type BackendState, type FleetView, type Outcome, UNKNOWN_BACKEND } from "../domain/load.ts";
import { afterOutcome } from "../health/strikes.ts";

export const BUDGET = {
  /** Share of recent requests that may be tried again, after Envoy's retry budget. */
  share: 0.2,
  least: 3,
  windowMs: 60_000,
  bucketMs: 5_000,
} as const;

export class IsolateState {
  private readonly backends = new Map<string, BackendState>();
  private readonly buckets = new Map<number, { requests: number; retries: number }>();

  get fleet(): FleetView {
    return this.backends;
  }

  begin(key: string): void {
    const state = this.backends.get(key) ?? UNKNOWN_BACKEND;
    this.backends.set(key, { ...state, inFlight: state.inFlight + 1 });
  }

  /** Ends one attempt. Call once for each `begin`. */
  end(key: string, outcome: Outcome, at: Parameters<typeof afterOutcome>[2]): void {
    const state = this.backends.get(key) ?? UNKNOWN_BACKEND;
    const next = afterOutcome({ ...state, inFlight: Math.max(0, state.inFlight - 1) }, outcome, at);
    const rests = next.strikes > 0 || next.ejectedUntilMs > at.nowMs;
    if (next.inFlight === 0 && !rests) this.backends.delete(key);
    else this.backends.set(key, next);
  }

  countRequest(nowMs: number): void {
    this.bucket(nowMs).requests += 1;
  }

  /** Takes one retry from the budget; false when it is spent. */
  takeRetry(nowMs: number): boolean {
    const bucket = this.bucket(nowMs);
    const recent = [...this.buckets.values()];
    const requests = recent.reduce((sum, { requests: count }) => sum + count, 0);
    const retries = recent.reduce((sum, { retries: count }) => sum + count, 0);
    if (retries >= Math.max(BUDGET.least, requests * BUDGET.share)) return false;
    bucket.retries += 1;
    return true;
  }

  private bucket(nowMs: number): { requests: number; retries: number } {
    const index = Math.floor(nowMs / BUDGET.bucketMs);
    const known = this.buckets.get(index);
    if (known !== undefined) return known;
    for (const old of this.buckets.keys()) {
      if (old <= index - BUDGET.windowMs / BUDGET.bucketMs) this.buckets.delete(old);
    }
    const made = { requests: 0, retries: 0 };
    this.buckets.set(index, made);
    return made;
  }
}
