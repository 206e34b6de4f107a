/** Passive health in one isolate: what an outcome does to what is known of a backend. Pure. */
import { type BackendState, type Outcome, UNKNOWN_BACKEND } from "../domain/load.ts";

export const STRIKES = {
  connectError: 1,
  serverError: 2,
  baseMs: 5_000,
  capMs: 60_000,
  /** A backend's own Retry-After is kept to, up to here. */
  restMaxMs: 60_000,
  /** Beyond this the delay is at its cap, so the count need not grow. */
  max: 16,
} as const;

/** Full jitter over base x 2^(strikes - 1), capped (AWS Architecture Blog, "Exponential Backoff and Jitter"). */
export const ejectionMs = (strikes: number, random: () => number): number =>
  random() * Math.min(STRIKES.capMs, STRIKES.baseMs * 2 ** (strikes - 1));

/** `restMs` is what the backend asked for itself, with Retry-After. */
type At = { readonly nowMs: number; readonly random: () => number; readonly restMs?: number };

const rested = (state: BackendState, { nowMs, restMs = 0 }: At): BackendState =>
  restMs <= 0
    ? state
    : {
        ...state,
        ejectedUntilMs: Math.max(state.ejectedUntilMs, nowMs + Math.min(restMs, STRIKES.restMaxMs)),
      };

/** A success clears; the client's own errors prove nothing; overload is a rest; a failure strikes and ejects. */
export function afterOutcome(state: BackendState, outcome: Outcome, at: At): BackendState {
  switch (outcome) {
    case "success":
      return { ...UNKNOWN_BACKEND, inFlight: state.inFlight };
    case "ignored":
      return state;
    case "overload":
      return rested(state, at);
    case "connect_error":
    case "server_error": {
      const weight = outcome === "connect_error" ? STRIKES.connectError : STRIKES.serverError;
      const strikes = Math.min(STRIKES.max, state.strikes + weight);
      return rested({ ...state, strikes, ejectedUntilMs: at.nowMs + ejectionMs(strikes, at.random) }, at);
    }
  }
}
