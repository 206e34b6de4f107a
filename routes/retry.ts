/** Whether the same request, sent again at once, can hope for another answer. */
import type { Filter, Rejected } from "../src/domain/decision.ts";

/** The official SDKs send a request again after most errors, unless this header says not to. */
export const NO_RETRY = { "x-should-retry": "false" } as const;

/** Filters that look at load or health pass by themselves; the others need another request or another registry. */
const PASSES_BY_ITSELF: Readonly<Record<Filter, boolean>> = {
  draining: false,
  not_allowed: false,
  wrong_model: false,
  capability: false,
  context_window: false,
  quality: false,
  down: true,
  full: true,
  too_slow: true,
  too_dear: false,
  unpriced: false,
};

export const retryHeaders = (rejected: readonly Rejected[]): Readonly<Record<string, string>> =>
  rejected.some(({ filter }) => PASSES_BY_ITSELF[filter]) ? {} : NO_RETRY;
