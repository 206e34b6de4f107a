/** Every way a request can fail, with its evidence. One switch (routes/errors.ts) puts each on the wire. */
import type { Rejected } from "./decision.ts";
import type { Reason } from "./reason.ts";

export type Attempt = {
  readonly target: string;
  readonly backend: string;
  /** `answered` is a success, or an answer that is the client's own error. */
  readonly result:
    | "answered"
    | "unavailable"
    | "timeout"
    | "error"
    | "refused_key"
    | "overloaded"
    | "cancelled";
  /** HTTP status of the upstream; null when there was none. */
  readonly status: number | null;
  readonly durationMs: number;
};

export type Issue = { readonly path: string; readonly message: string };

export type PointsmanError =
  | {
      readonly kind: "invalid_request";
      readonly param: string | null;
      readonly message: string;
      readonly issues?: readonly Issue[];
    }
  | { readonly kind: "unauthorized"; readonly plane: "data" | "admin" }
  | { readonly kind: "not_found"; readonly what: string; readonly hint?: string }
  | { readonly kind: "method_not_allowed"; readonly method: string; readonly allowed: readonly string[] }
  | { readonly kind: "unknown_model"; readonly message: string; readonly param: string }
  | { readonly kind: "body_too_large"; readonly limitBytes: number }
  | { readonly kind: "precondition_required"; readonly currentVersion: number }
  | { readonly kind: "precondition_failed"; readonly currentVersion: number }
  | { readonly kind: "already_exists"; readonly what: string }
  | { readonly kind: "loop"; readonly hops: number }
  | { readonly kind: "no_capable_pool"; readonly rejected: readonly Rejected[] }
  | { readonly kind: "all_full"; readonly retryAfterSeconds: number; readonly rejected: readonly Rejected[] }
  | { readonly kind: "upstream_failed"; readonly attempts: readonly Attempt[] }
  | {
      readonly kind: "upstream_overloaded";
      readonly attempts: readonly Attempt[];
      readonly retryAfterSeconds: number;
    }
  | {
      readonly kind: "upstream_rejected";
      readonly status: number;
      readonly message: string;
      readonly param: string | null;
      readonly type: string;
      readonly code: string | null;
    }
  | { readonly kind: "deadline"; readonly deadlineMs: number; readonly attempts: readonly Attempt[] }
  | { readonly kind: "client_left" }
  | { readonly kind: "registry_unavailable" }
  | { readonly kind: "store_unavailable"; readonly store: string }
  /** `decision` finds it in the log, where there is one. */
  | { readonly kind: "internal"; readonly decision?: string };

/** The reason that goes with an error in headers and log. */
export function reasonOfError(error: PointsmanError): Reason {
  switch (error.kind) {
    case "no_capable_pool":
    case "registry_unavailable":
      return "no_capable_pool";
    case "all_full":
    case "upstream_overloaded":
      return "all_full";
    case "upstream_failed":
      return "fallback_error";
    case "deadline":
      return "fallback_timeout";
    default:
      return "rejected_request";
  }
}
