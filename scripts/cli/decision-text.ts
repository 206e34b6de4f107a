/** A decision as a person reads it: what the prompt was taken for, why, and every target. */
import { z } from "zod";
import { REASONS } from "../../src/domain/reason.ts";
import { type Cell, type Column, nanoUsd, short, table, whole } from "./text.ts";

const candidateSchema = z.looseObject({
  verdict: z.literal("candidate"),
  target: z.string(),
  quality: z.number(),
  ttftMs: z.number(),
  totalMs: z.number(),
  speedSource: z.string(),
  inFlight: z.number(),
  slots: z.number(),
  terms: z.looseObject({
    usageNanoUsd: z.number(),
    waitNanoUsd: z.number(),
    totalNanoUsd: z.number(),
    priceFactor: z.number(),
    comparedNanoUsd: z.number(),
  }),
});
const rejectedSchema = z.looseObject({
  verdict: z.literal("rejected"),
  target: z.string(),
  filter: z.string(),
  evidence: z.string(),
});

export const decisionSchema = z.looseObject({
  reason: z.string(),
  profile: z.string(),
  qualityFloor: z.looseObject({ asked: z.number(), used: z.number() }),
  registryVersion: z.number(),
  registryAgeMs: z.number(),
  stream: z.boolean(),
  traits: z.looseObject({
    task: z.string(),
    difficulty: z.number(),
    outputTokens: z.looseObject({ p50: z.number(), p90: z.number() }),
    inputTokens: z.number(),
    language: z.string(),
    needs: z.record(z.string(), z.unknown()),
    evidence: z.string(),
  }),
  /** Of a dry run alone. */
  classifier: z
    .looseObject({
      probabilities: z.record(z.string(), z.number()),
      groups: z.record(z.string(), z.number()),
      concepts: z.array(z.string()),
    })
    .optional(),
  order: z.array(z.string()),
  targets: z.array(z.discriminatedUnion("verdict", [candidateSchema, rejectedSchema])),
});
type DecisionView = z.infer<typeof decisionSchema>;

/** A reason and what it means; one that this CLI does not know stands alone. */
export function reasonText(reason: string): string {
  const [, meaning] = Object.entries(REASONS).find(([name]) => name === reason) ?? [];
  return meaning === undefined ? reason : `${reason}: ${meaning}`;
}

const CONCEPTS_SHOWN = 8;
const LIKELY_LEAST = 0.05;
const largest = (values: Readonly<Record<string, number>>) =>
  Object.entries(values).toSorted((a, b) => b[1] - a[1]);

/** What spoke for the task, and what else it could have been. */
function becauseOf({ classifier }: DecisionView): readonly (readonly [string, Cell])[] {
  if (classifier === undefined) return [];
  const groups = largest(classifier.groups).filter(([, odds]) => Math.abs(odds) >= LIKELY_LEAST);
  const likely = largest(classifier.probabilities).filter(([, one]) => one >= LIKELY_LEAST);
  const found = classifier.concepts.slice(0, CONCEPTS_SHOWN).join(", ");
  return [
    ["likely", likely.map(([task, one]) => `${task} ${one.toFixed(2)}`).join(", ")],
    [
      "because",
      groups.map(([group, odds]) => `${group} ${odds > 0 ? "+" : ""}${odds.toFixed(1)}`).join(", "),
    ],
    ["found", found === "" ? "no known concept" : found],
  ];
}

export function decisionPairs(decision: DecisionView): readonly (readonly [string, Cell])[] {
  const { traits, qualityFloor: floor } = decision;
  const needs = Object.keys(traits.needs).filter((name) => traits.needs[name] === true);
  return [
    ["task", `${traits.task}, difficulty ${short(traits.difficulty)}, evidence ${traits.evidence}`],
    ...becauseOf(decision),
    [
      "tokens",
      `${short(traits.inputTokens)} in, ${short(traits.outputTokens.p50)} out expected (p90 ${short(traits.outputTokens.p90)})`,
    ],
    ["language", traits.language],
    ["needs", needs.length === 0 ? "nothing special" : needs.join(", ")],
    ["stream", decision.stream],
    ["profile", `${decision.profile}, quality floor ${short(floor.used)} of ${short(floor.asked)} asked`],
    ["registry", `v${decision.registryVersion}, ${Math.round(decision.registryAgeMs)} ms old`],
    ["pick", decision.order[0] ?? "none"],
  ];
}

type Candidate = z.infer<typeof candidateSchema> & { readonly place: number | null };

const CANDIDATE_COLUMNS: readonly Column<Candidate>[] = [
  ["order", ({ place }) => place],
  ["target", ({ target }) => target],
  ["compared USD", ({ terms }) => nanoUsd(terms.comparedNanoUsd)],
  ["factor", ({ terms }) => terms.priceFactor],
  ["total USD", ({ terms }) => nanoUsd(terms.totalNanoUsd)],
  ["usage USD", ({ terms }) => nanoUsd(terms.usageNanoUsd)],
  ["wait USD", ({ terms }) => nanoUsd(terms.waitNanoUsd)],
  ["P(success)", ({ quality }) => quality.toFixed(3)],
  ["ttft ms", ({ ttftMs }) => whole(ttftMs)],
  ["total ms", ({ totalMs }) => whole(totalMs)],
  ["speeds", ({ speedSource }) => speedSource],
  ["in use", ({ inFlight, slots }) => `${inFlight}/${slots}`],
];

/** Candidates in the order in which they are tried, the pick first; then what was rejected, and the evidence. */
export function targetsText({ order, targets }: DecisionView): string {
  const candidates = targets
    .flatMap((target) => {
      if (target.verdict !== "candidate") return [];
      const place = order.indexOf(target.target);
      return [{ ...target, place: place === -1 ? null : place + 1 }];
    })
    .toSorted((a, b) => (a.place ?? Infinity) - (b.place ?? Infinity));
  const rejected = targets.flatMap((target) => (target.verdict === "rejected" ? [target] : []));
  const parts = [
    candidates.length === 0 ? "no candidates\n" : table(CANDIDATE_COLUMNS, candidates),
    rejected.length === 0
      ? ""
      : table(
          [
            ["rejected", ({ target }) => target],
            ["filter", ({ filter }) => filter],
            ["evidence", ({ evidence }) => evidence],
          ],
          rejected,
        ),
  ];
  return parts.filter((part) => part !== "").join("\n");
}
