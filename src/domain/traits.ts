/** What the classifier says of a prompt. The shape is fixed: the CLI, the log and the decisions carry it. */

export const TASKS = [
  "classification",
  "extraction",
  "summarization",
  "translation",
  "rewriting",
  "closed_qa",
  "open_qa",
  "brainstorming",
  "generation",
  "code",
  "reasoning",
  "chat",
] as const;
export type Task = (typeof TASKS)[number];

/** `none` is an outcome of its own: nothing to go on, so the policy's profile for it applies. */
export type Evidence = "strong" | "weak" | "none";

export type Needs = {
  readonly tools: boolean;
  readonly jsonSchema: boolean;
  readonly vision: boolean;
};

export type Traits = {
  readonly id: string;
  readonly task: Task;
  /** 0..1, the share of models, weak to strong, that would fail the prompt. */
  readonly difficulty: number;
  /** Expected answer length in tokens: median and 90th percentile. */
  readonly outputTokens: { readonly p50: number; readonly p90: number };
  readonly inputTokens: number;
  /** ISO 639-1; `und` when it cannot be told. */
  readonly language: string;
  readonly needs: Needs;
  readonly evidence: Evidence;
};
