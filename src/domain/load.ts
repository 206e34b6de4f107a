/** What this isolate knows of one backend. Absent is unknown: no requests in flight from here, no strikes. */
export type BackendState = {
  readonly inFlight: number;
  readonly strikes: number;
  readonly ejectedUntilMs: number;
};
export const UNKNOWN_BACKEND: BackendState = { inFlight: 0, strikes: 0, ejectedUntilMs: 0 };

/** By `pool/backend`. */
export type FleetView = ReadonlyMap<string, BackendState>;

/** What an attempt says of a backend: `ignored` is the client's doing and proves nothing. */
export type Outcome = "success" | "ignored" | "connect_error" | "server_error" | "overload";
