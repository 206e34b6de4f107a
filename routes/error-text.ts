/** Evidence as a sentence: what the messages of errors say of targets, attempts and names. */
import type { Rejected } from "../src/domain/decision.ts";
import type { Attempt } from "../src/domain/errors.ts";

/** Named at most this often in a message; details and GET /v1/models hold all. */
const NAMED_MAX = 20;

export const namesText = (names: readonly string[]): string => {
  const more = names.length - NAMED_MAX;
  return names.slice(0, NAMED_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
};

export const rejectedText = (rejected: readonly Rejected[]): string =>
  rejected.length === 0
    ? "The registry holds no pools."
    : rejected
        .slice(0, NAMED_MAX)
        .map(({ target, filter, evidence }) => `${target}: ${filter} (${evidence})`)
        .join("; ");

export const attemptsText = (attempts: readonly Attempt[]): string =>
  attempts.map((attempt) => `${attempt.target}: ${attemptText(attempt)}`).join("; ");

function attemptText({ result, status }: Attempt): string {
  const answered = status === null ? null : `answered ${status}`;
  switch (result) {
    case "answered":
    case "overloaded":
      return answered ?? "answered";
    case "unavailable":
      return answered ?? "could not connect";
    case "refused_key":
      return `${answered ?? "answered"}, refusing this router's key`;
    case "timeout":
      return answered === null ? "did not answer in time" : `${answered}, then took too long`;
    case "error":
      // A 200 that failed is the surprising one: its status alone would read as a success.
      return status === 200 ? "answered 200, then failed" : (answered ?? "failed");
    case "cancelled":
      return "given up, as the client left";
  }
}
