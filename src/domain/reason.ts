/** Why a request went where it went. The list is fixed: clients and dashboards match on it. */
export const REASONS = {
  cheapest_capable:
    "The cheapest expected cost (or the least of what `provider.sort` names) among several targets that passed every filter.",
  only_capable: "One target passed every filter.",
  pinned_model: "The request named a model, and the cheapest target that serves it was taken.",
  pinned_pool: "The request named the pool: `pool/<id>`, or a place in `provider.order` before the others.",
  session_affinity: "Several targets were equally cheap, and the conversation's hash settled which.",
  default_no_evidence: "The prompt gave nothing to go on, so the policy's profile for that case chose.",
  fallback_unavailable:
    "An earlier attempt could not connect or was refused as unavailable; the next candidate answered.",
  fallback_timeout: "An earlier attempt did not answer in time; the next candidate answered.",
  fallback_error: "An earlier attempt failed with an error before any content; the next candidate answered.",
  panic_all_unhealthy:
    "Every capable target is ejected, so ejection was ignored: better a doubtful backend than none.",
  degraded_stale_registry: "The registry store could not be read; the last known good copy decided.",
  degraded_classifier: "The classifier failed on this prompt; the policy's profile for no evidence chose.",
  no_capable_pool: "No target passed every filter (503).",
  all_full: "Every capable target is full (429 with Retry-After).",
  rejected_request: "The request was refused before any target was considered.",
} as const;
export type Reason = keyof typeof REASONS;
