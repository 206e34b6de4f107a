/** Structured log lines: one JSON object each, on the platform's log. */
import type { DecisionRecord } from "../domain/record.ts";
import { decisionAttributes } from "./attributes.ts";

export const logDecision = (record: DecisionRecord): void =>
  console.log(JSON.stringify({ event: "decision", ...decisionAttributes(record) }));

/** Something that an operator should know and no caller is told. Details are names and counts. */
export const logProblem = (event: string, detail: Readonly<Record<string, unknown>>): void =>
  console.warn(JSON.stringify({ event, ...detail }));
