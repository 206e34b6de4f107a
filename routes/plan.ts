/** From a request to a decision: shared by the data plane and the dry run. */
import { classify } from "../src/classify/classify.ts";
import type { Ask } from "../src/domain/ask.ts";
import { type ChatRequest, chatRequestSchema } from "../src/domain/chat.ts";
import type { Decision, Verdict } from "../src/domain/decision.ts";
import type { FleetView } from "../src/domain/load.ts";
import type { Target } from "../src/domain/pool.ts";
import type { SnapshotReading } from "../src/domain/registry.ts";
import type { Traits } from "../src/domain/traits.ts";
import { decide, lastResort } from "../src/dispatch/decide.ts";
import { askOf } from "./ask.ts";
import { parseWith } from "./body.ts";

export type Plan = {
  readonly request: ChatRequest;
  readonly ask: Ask;
  readonly decision: Decision;
  /** A rejected target weighed again, at this time, after the decision's own have failed. */
  readonly lastResort: (target: Target, nowMs: number) => Verdict;
};
export type PlanInput = {
  readonly id: string;
  readonly body: unknown;
  readonly headers: Headers;
  readonly reading: SnapshotReading;
  readonly fleet: FleetView;
  readonly nowMs: number;
  readonly random: () => number;
};

/** What is said of a prompt that the classifier could not read. */
const unread = (id: string): Traits => ({
  id,
  task: "chat",
  difficulty: 0.5,
  outputTokens: { p50: 256, p90: 1024 },
  inputTokens: 0,
  language: "und",
  needs: { tools: false, jsonSchema: false, vision: false },
  evidence: "none",
});

/** Parses, classifies and decides. Throws a RequestError for a bad request; a failing classifier fails nothing. */
export function plan(input: PlanInput, classifier: typeof classify = classify): Plan {
  const request = parseWith(chatRequestSchema, input.body);
  const ask = askOf(request, input.headers, input.reading.snapshot.document);
  let traits: Traits;
  let classifierFailed = false;
  try {
    traits = classifier(input.id, request, input.reading.snapshot.lengths?.octaves);
  } catch {
    traits = unread(input.id);
    classifierFailed = true;
  }
  const { id, reading, fleet, nowMs, random } = input;
  const deciding = { id, ask, traits, classifierFailed, reading, fleet, nowMs, random };
  return {
    request,
    ask,
    decision: decide(deciding),
    lastResort: (target, atMs) => lastResort({ ...deciding, nowMs: atMs }, target),
  };
}
