/** What a request asks of the router, apart from its prompt: parsed once at the edge, never widened later. */

/** The `model` field, taken apart. */
export type ModelSelector =
  | { readonly kind: "auto"; readonly profile: string | null }
  | { readonly kind: "models"; readonly names: readonly string[] }
  | { readonly kind: "pool"; readonly id: string };

/** OpenRouter's `provider` object, in our words: a provider is a pool. */
export type PoolPreferences = {
  readonly only: readonly string[] | null;
  readonly ignore: readonly string[];
  readonly order: readonly string[];
  readonly allowFallbacks: boolean;
  readonly maxPrice: { readonly usdPerMTokIn: number | null; readonly usdPerMTokOut: number | null };
  readonly sort: "price" | "throughput" | "latency" | null;
  readonly requireParameters: boolean;
};

export type Ask = {
  readonly selector: ModelSelector;
  readonly preferences: PoolPreferences;
  readonly profile: string | null;
  readonly minQuality: number | null;
  readonly maxCostUsd: number | null;
  readonly maxTtftMs: number | null;
  readonly deadlineMs: number | null;
  /** Identifies a conversation: chooses the backend, and the target among equals. */
  readonly session: string | null;
  readonly stream: boolean;
  /** The client's cap on answer tokens. */
  readonly maxOutputTokens: number | null;
  /** Answers wanted of one prompt (`n`): each is paid for, all are written at once. */
  readonly choices: number;
  readonly needsLogprobs: boolean;
  readonly debug: boolean;
};
