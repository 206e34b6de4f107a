/** Faults that a test or an operator asks a simulated engine for. */
import { z } from "zod";

export const FAULTS = [
  "none",
  "refuse",
  "error_500",
  "too_many_429",
  "hang",
  "cut_mid_stream",
  "ok_then_error",
  "unauthorized_401",
  "bad_request_400",
] as const;
export type Fault = (typeof FAULTS)[number];

export const faultOrderSchema = z.strictObject({
  kind: z.enum(FAULTS),
  /** How many chat requests it applies to; absent is until changed. */
  count: z.number().int().min(1).optional(),
});
export type FaultOrder = z.infer<typeof faultOrderSchema>;

export type Faults = {
  order(order: FaultOrder): void;
  /** The fault for the request that comes now; counts it. */
  next(): Fault;
  current(): Fault;
};

/** No fault until one is ordered. */
export function createFaults(): Faults {
  let kind: Fault = "none";
  let left = Number.POSITIVE_INFINITY;
  return {
    order: (order) => {
      kind = order.kind;
      left = order.count ?? Number.POSITIVE_INFINITY;
    },
    next: () => {
      const now = kind;
      left -= 1;
      if (left <= 0) kind = "none";
      return now;
    },
    current: () => kind,
  };
}

/** Faults that are a plain error answer, as the engines and the proxies before them word it. */
export const ERROR_ANSWERS: Partial<Record<Fault, { status: number; type: string; message: string }>> = {
  error_500: { status: 500, type: "server_error", message: "simulated: the engine failed" },
  too_many_429: { status: 429, type: "rate_limit_error", message: "simulated: too many requests" },
  unauthorized_401: { status: 401, type: "authentication_error", message: "simulated: invalid API key" },
  bad_request_400: { status: 400, type: "invalid_request_error", message: "simulated: bad request" },
};
