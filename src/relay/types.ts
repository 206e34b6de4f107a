/** What the relay is given: its hands, and one request. */
import type { Ask } from "../domain/ask.ts";
import type { ChatRequest } from "../domain/chat.ts";
import type { Decision, Verdict } from "../domain/decision.ts";
import type { Target } from "../domain/pool.ts";
import type { Policy } from "../domain/policy.ts";
import type { Outgoing } from "../upstream/send.ts";
import type { IsolateState } from "./isolate.ts";

export type RelayDeps = {
  readonly send: (outgoing: Outgoing) => Promise<Response>;
  readonly secret: (name: string) => string | null;
  readonly state: IsolateState;
  readonly now: () => number;
  readonly random: () => number;
};

export type RelayInput = {
  readonly decision: Decision;
  /** A target that the decision rejected, weighed again as a last resort. */
  readonly lastResort: (target: Target) => Verdict;
  readonly ask: Ask;
  readonly request: ChatRequest;
  readonly targets: readonly Target[];
  readonly policy: Policy;
  readonly deadlineAtMs: number;
  readonly deadlineMs: number;
  readonly hops: number;
  readonly traceparent: string | null;
  readonly client: AbortSignal;
};
