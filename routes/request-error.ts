import type { PointsmanError } from "../src/domain/errors.ts";

/** An error on its way from a parser to the wire. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly error: PointsmanError;

  constructor(error: PointsmanError) {
    super(error.kind);
    this.error = error;
  }
}

export const invalidRequest = (param: string | null, message: string): RequestError =>
  new RequestError({ kind: "invalid_request", param, message });

/** Names from a request stand in errors: short, and without what could break a line. */
export const quoted = (name: string): string => JSON.stringify(name.slice(0, 64));
