/** What is written down of one request: the decision and what came of it. Never prompt or answer text. */
import type { Ask } from "./ask.ts";
import type { Decision } from "./decision.ts";
import type { Attempt } from "./errors.ts";
import type { NanoUsd } from "./money.ts";
import type { Reason } from "./reason.ts";
import type { Task } from "./traits.ts";

export const FITS = ["overkill", "fit", "underpowered"] as const;
export type Fit = (typeof FITS)[number];

/** Token counts of an answer; `estimated` when the upstream gave none. */
export type TokenUsage = {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly estimated: boolean;
};

export type DecisionRecord = {
  readonly id: string;
  readonly atMs: number;
  /** The name of the API key, never the key. */
  readonly key: string;
  readonly status: number;
  /** Null, like every part of a decision, when the request was refused before one was taken. */
  readonly task: Task | null;
  readonly stream: boolean;
  /** The final reason: the decision's, or why a fallback answered. */
  readonly reason: Reason;
  readonly pool: string | null;
  readonly model: string | null;
  readonly backend: string | null;
  readonly attempts: readonly Attempt[];
  readonly usage: TokenUsage | null;
  readonly costNanoUsd: NanoUsd;
  readonly expectedCostNanoUsd: NanoUsd;
  /** What the same tokens would have cost on the policy's baseline target; null when there is none. */
  readonly baselineNanoUsd: NanoUsd | null;
  readonly ttftMs: number | null;
  readonly totalMs: number;
  readonly overheadMs: number;
  readonly fit: Fit | null;
  /** True when the answer was cut, by the upstream or by the client. */
  readonly aborted: boolean;
  readonly errorKind: string | null;
  readonly ask: Ask | null;
  readonly decision: Decision | null;
};
