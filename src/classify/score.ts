/** Weighs cues and structure into one task and says how sure that is. */
import { TASKS, type Evidence, type Task } from "../domain/traits.ts";
import { indexCues, weigh } from "./cues.ts";
import { SHAPE_CUES, TASK_CUES, type ShapeLabel } from "./rules.ts";
import type { Structure } from "./structure.ts";
import type { Words } from "./words.ts";

const CUES = indexCues<Task | ShapeLabel>([...TASK_CUES, ...SHAPE_CUES]);

export type Scores = Map<Task | ShapeLabel, number>;

/** Matched cue weights of a text, by task and by shape label. */
export const scoresOf = (words: Words): Scores => weigh(CUES, words);

/** In words: from here on a text carries more than its question. */
const GIVEN_TEXT_WORDS = 55;
const SOME_TEXT_WORDS = 9;
const CHAT_WORDS_MAX = 70;
const LONG_CHAT_FACTOR = 0.4;
const NUMBERS_WORDS_MAX = 100;
const SHORT_WORDS = 40;
const CODE_SHARE = 0.035;
/** A system prompt that names one task sets it; one that names many sets none. */
const SYSTEM = { factor: 0.8, lead: 1.6, least: 3, most: 5 } as const;
const EVIDENCE = { weak: 1, strong: 4, lead: 1.4 } as const;

const add = (scores: Scores, task: Task, amount: number) =>
  scores.set(task, (scores.get(task) ?? 0) + amount);
const get = (scores: Scores, label: Task | ShapeLabel) => scores.get(label) ?? 0;

/** Adds what the text's structure says to its cues. */
export function addStructure(scores: Scores, structure: Structure): void {
  const { words, asksQuestion, numbers } = structure;
  const asksNumber = get(scores, "reasoning") >= 2;
  const tellsNumbers =
    asksQuestion && numbers >= 2 && words >= 8 && words < (asksNumber ? 150 : NUMBERS_WORDS_MAX);
  if (tellsNumbers) add(scores, "reasoning", asksNumber || numbers >= 3 ? 3 : 1.5);
  if (structure.hasFormula) add(scores, "reasoning", numbers >= 2 && words <= SHORT_WORDS ? 4.5 : 3);
  if (structure.hasFence) add(scores, "code", 2.5);
  if (structure.codeShare > CODE_SHARE && words >= 4 && !structure.hasFormula) add(scores, "code", 1.5);
  if (structure.options >= 3) add(scores, "open_qa", 2);
  // Small talk is short; in a long text its words belong to the dialogue that was pasted.
  if (words > CHAT_WORDS_MAX) scores.set("chat", get(scores, "chat") * LONG_CHAT_FACTOR);
  if (asksQuestion && words >= 3) addQuestion(scores, structure);
  const others = Math.max(...TASKS.filter((task) => task !== "chat").map((task) => get(scores, task)));
  if (get(scores, "chat") >= 2 && others < 2) add(scores, "chat", 3);
}

/** A question with text beside it is likely about that text, unless the asker tells of themselves. */
function addQuestion(scores: Scores, { words, wordsBesideQuestion }: Structure): void {
  const given = get(scores, "given") > 0;
  if (wordsBesideQuestion >= GIVEN_TEXT_WORDS) add(scores, "closed_qa", given ? 3 : 2);
  else if (wordsBesideQuestion >= SOME_TEXT_WORDS) add(scores, "closed_qa", given ? 2.5 : 1);
  if (wordsBesideQuestion < GIVEN_TEXT_WORDS) add(scores, "open_qa", words <= SHORT_WORDS ? 1.5 : 0.5);
}

/** Adds the system prompt's task when it clearly names one. A persona ("You are an accountant") is none. */
export function addSystem(scores: Scores, system: Scores): void {
  const [first, second] = ranking(system).filter(({ task }) => task !== "chat");
  if (first === undefined || first.score < SYSTEM.least) return;
  if (second !== undefined && first.score < second.score * SYSTEM.lead) return;
  add(scores, first.task, Math.min(SYSTEM.most, first.score) * SYSTEM.factor + SYSTEM.least);
}

const ranking = (scores: Scores) =>
  TASKS.map((task) => ({ task, score: get(scores, task) }))
    .filter((entry) => entry.score > 0)
    .toSorted((a, b) => b.score - a.score);

/** The likeliest task and the strength of the evidence for it; without evidence the task is a mere `chat`. */
export function judge(scores: Scores): { task: Task; evidence: Evidence } {
  const [first, second] = ranking(scores);
  if (first === undefined || first.score < EVIDENCE.weak) return { task: "chat", evidence: "none" };
  const clear = second === undefined || first.score >= second.score * EVIDENCE.lead;
  return { task: first.task, evidence: first.score >= EVIDENCE.strong && clear ? "strong" : "weak" };
}
