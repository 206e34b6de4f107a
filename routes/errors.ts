/** Every error on the wire, in OpenAI's shape. The one place that knows statuses. */
import type { PointsmanError } from "../src/domain/errors.ts";
import { attemptsText, rejectedText } from "./error-text.ts";
import { NO_RETRY, retryHeaders } from "./retry.ts";

export type Wire = {
  readonly status: number;
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Evidence beyond the message, beside OpenAI's four fields. */
  readonly details?: unknown;
};

const invalid = (status: number, message: string, param: string | null, code: string): Wire => ({
  status,
  message,
  type: "invalid_request_error",
  param,
  code,
});
const api = (
  status: number,
  message: string,
  code: string,
  rest: Pick<Wire, "headers" | "details"> = {},
): Wire => ({ status, message, type: "api_error", param: null, code, ...rest });

type Kind<Name extends PointsmanError["kind"]> = Extract<PointsmanError, { readonly kind: Name }>;

/** One exhaustive switch; what a kind looks like on the wire stands in the function of its group. */
export function toWire(error: PointsmanError): Wire {
  switch (error.kind) {
    case "invalid_request":
    case "unauthorized":
    case "not_found":
    case "method_not_allowed":
    case "unknown_model":
    case "body_too_large":
    case "upstream_rejected":
    case "client_left":
      return requestFault(error);
    case "precondition_required":
    case "precondition_failed":
    case "already_exists":
    case "store_unavailable":
    case "registry_unavailable":
    case "loop":
    case "internal":
      return stateFault(error);
    case "no_capable_pool":
    case "all_full":
    case "upstream_overloaded":
    case "upstream_failed":
    case "deadline":
      return fleetFault(error);
  }
}

/** The request itself is at fault. */
function requestFault(
  error: Kind<
    | "invalid_request"
    | "unauthorized"
    | "not_found"
    | "method_not_allowed"
    | "unknown_model"
    | "body_too_large"
    | "upstream_rejected"
    | "client_left"
  >,
): Wire {
  switch (error.kind) {
    case "invalid_request":
      return {
        ...invalid(400, error.message, error.param, "invalid_request"),
        ...(error.issues === undefined ? {} : { details: error.issues }),
      };
    case "unauthorized":
      return {
        status: 401,
        type: "authentication_error",
        param: null,
        code: "invalid_api_key",
        message:
          error.plane === "admin"
            ? "The admin token is missing or wrong: send Authorization: Bearer <ADMIN_TOKEN>."
            : "The API key is missing or wrong: send Authorization: Bearer <key> or x-api-key.",
        headers: { "www-authenticate": "Bearer" },
      };
    case "not_found":
      return invalid(
        404,
        `${error.what} does not exist.${error.hint === undefined ? "" : ` ${error.hint}`}`,
        null,
        "not_found",
      );
    case "method_not_allowed":
      return {
        ...invalid(
          405,
          `${error.method} is not allowed here; ${error.allowed.join(", ")} ${error.allowed.length === 1 ? "is" : "are"}.`,
          null,
          "method_not_allowed",
        ),
        headers: { allow: error.allowed.join(", ") },
      };
    case "unknown_model":
      return invalid(404, error.message, error.param, "model_not_found");
    case "body_too_large":
      return invalid(413, `The body is larger than ${error.limitBytes} bytes.`, null, "body_too_large");
    case "upstream_rejected":
      return {
        status: error.status,
        message: error.message,
        type: error.type,
        param: error.param,
        code: error.code ?? "upstream_rejected",
      };
    case "client_left":
      return api(499, "The client closed the request.", "client_closed_request");
  }
}

/** Where the registry or this deployment stands. */
function stateFault(
  error: Kind<
    | "precondition_required"
    | "precondition_failed"
    | "already_exists"
    | "store_unavailable"
    | "registry_unavailable"
    | "loop"
    | "internal"
  >,
): Wire {
  switch (error.kind) {
    case "precondition_required":
      return {
        ...invalid(
          428,
          `Replacing a whole document needs If-Match: "v${error.currentVersion}" is the registry's present ETag, * is any version.`,
          "if-match",
          "precondition_required",
        ),
        headers: { etag: `"v${error.currentVersion}"` },
      };
    case "precondition_failed":
      return {
        ...invalid(
          412,
          `The registry is at version ${error.currentVersion}: read it again, then write.`,
          "if-match",
          "precondition_failed",
        ),
        headers: { etag: `"v${error.currentVersion}"` },
      };
    case "already_exists":
      return invalid(409, `${error.what} already exists.`, "id", "already_exists");
    case "store_unavailable":
      return api(503, `The ${error.store} cannot be reached; try again.`, "store_unavailable", {
        headers: { "retry-after": "1" },
      });
    case "registry_unavailable":
      return api(
        503,
        "The registry cannot be read, and this isolate has no copy of it yet.",
        "registry_unavailable",
        { headers: { "retry-after": "1" } },
      );
    case "loop":
      return api(
        508,
        `The request has passed ${error.hops} routers: a pool points back here.`,
        "loop_detected",
        { headers: NO_RETRY },
      );
    case "internal":
      return api(
        500,
        `Something went wrong here.${error.decision === undefined ? "" : ` The log has it under ${error.decision}.`}`,
        "internal_error",
      );
  }
}

/** No pool could take it, or none answered. */
function fleetFault(
  error: Kind<"no_capable_pool" | "all_full" | "upstream_overloaded" | "upstream_failed" | "deadline">,
): Wire {
  switch (error.kind) {
    case "no_capable_pool":
      return api(503, `No pool can serve this request. ${rejectedText(error.rejected)}`, "no_capable_pool", {
        headers: retryHeaders(error.rejected),
        details: error.rejected,
      });
    case "all_full":
      return {
        status: 429,
        type: "rate_limit_error",
        param: null,
        code: "all_full",
        message: `Every capable pool is full. ${rejectedText(error.rejected)}`,
        headers: { "retry-after": String(error.retryAfterSeconds) },
        details: error.rejected,
      };
    case "upstream_overloaded":
      return {
        status: 429,
        type: "rate_limit_error",
        param: null,
        code: "all_full",
        message: `Every pool that was tried is overloaded. ${attemptsText(error.attempts)}`,
        headers: { "retry-after": String(error.retryAfterSeconds) },
        details: error.attempts,
      };
    case "upstream_failed":
      return api(502, `No pool could answer. ${attemptsText(error.attempts)}`, "upstream_failed", {
        details: error.attempts,
      });
    case "deadline":
      return api(
        504,
        `The deadline of ${error.deadlineMs} ms passed. ${attemptsText(error.attempts)}`,
        "deadline",
        { headers: NO_RETRY, details: error.attempts },
      );
  }
}

export function errorResponse(
  error: PointsmanError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const wire = toWire(error);
  const { message, type, param, code } = wire;
  const body = {
    error: { message, type, param, code, ...(wire.details === undefined ? {} : { details: wire.details }) },
  };
  return Response.json(body, { status: wire.status, headers: { ...headers, ...wire.headers } });
}
