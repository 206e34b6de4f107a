/** Passive health in one isolate: what an outcome does to what is known of a backend. Pure. */
import { type BackendState, type Outcome, UNKNOWN_BACKEND } from "../domain/load.ts";

export const STRIKES = {
  connectError: 1,
  serverError: 2,
  baseMs: 5_000,
  capMs: 60_000,
  /** Beyond this the delay is at its cap, so the count need not grow. */
  max: 16,
} as const;

/** Full jitter over base x 2^(strikes - 1), capped (AWS Architecture Blog, "Exponential Backoff and Jitter"). */
export const ejectionMs = (strikes: number, random: () => number): number =>
  random() * Math.min(STRIKES.capMs, STRIKES.baseMs * 2 ** (strikes - 1));

/** A success clears; the client's own errors and overload prove nothing; a failure strikes and ejects. */
export function afterOutcome(
  state: BackendState,
  outcome: Outcome,
  at: { readonly nowMs: number; readonly random: () => number },
): BackendState {
  switch (outcome) {
    case "success":
      return { ...UNKNOWN_BACKEND, inFlight: state.inFlight };
    case "ignored":
    case "overload":
      return state;
    case "connect_error":
    case "server_error": {
      const weight = outcome === "connect_error" ? STRIKES.connectError : STRIKES.serverError;
      const strikes = Math.min(STRIKES.max, state.strikes + weight);
      return { ...state, strikes, ejectedUntilMs: at.nowMs + ejectionMs(strikes, at.random) };
    }
  }
}
