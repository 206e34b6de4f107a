/**
 * Cues: short phrases that speak for a label. A line of a table reads `weight phrase, phrase, …`. In a phrase
 * `a|b` is either word, `stem*` any word that begins so, `..` up to four words between, and a leading `^` says
 * that the phrase opens a sentence. One pass over the words matches all of them.
 */
import type { Words } from "./words.ts";

/** Lists of few: to walk one costs less than to look a word up in a set of its own. */
type Step = { readonly words: readonly string[]; readonly stems: readonly string[]; readonly gap: number };
type Cue<Label> = {
  readonly label: Label;
  readonly weight: number;
  readonly opens: boolean;
  readonly steps: readonly Step[];
};
export type CueIndex<Label> = {
  readonly byWord: ReadonlyMap<string, readonly Cue<Label>[]>;
  readonly byStem: ReadonlyMap<string, readonly Cue<Label>[]>;
};

const STEM_LENGTH = 4;
const GAP_LIMIT = 4;

/** The instruction stands at one end or the other; between them lies pasted text. */
const ENDS = {
  head: 30,
  neck: 90,
  tail: 45,
  nextFactor: 0.6,
  middleFactor: 0.2,
  quotedFactor: 0.25,
} as const;

function parseSteps(phrase: string): Step[] {
  const steps: Step[] = [];
  let gap = 0;
  for (const part of phrase.split(" ")) {
    if (part === "..") {
      gap = GAP_LIMIT;
      continue;
    }
    const options = part.split("|");
    const stems = options.filter((option) => option.endsWith("*")).map((option) => option.slice(0, -1));
    steps.push({ words: options.filter((option) => !option.endsWith("*")), stems, gap });
    gap = 0;
  }
  return steps;
}

function parseCue<Label>(label: Label, weight: number, phrase: string): Cue<Label> {
  const opens = phrase.startsWith("^");
  const steps = parseSteps(opens ? phrase.slice(1).trim() : phrase);
  if (!Number.isFinite(weight) || steps[0] === undefined)
    throw new Error(`cue without weight or words: "${phrase}"`);
  if (steps[0].stems.some((stem) => stem.length < STEM_LENGTH))
    throw new Error(`first stem too short: "${phrase}"`);
  return { label, weight, opens, steps };
}

const addTo = <Value>(map: Map<string, Value[]>, key: string, value: Value) => {
  const present = map.get(key);
  if (present === undefined) map.set(key, [value]);
  else present.push(value);
};

/** Reads the tables once, at load. Throws on a malformed phrase. */
export function indexCues<Label extends string>(
  tables: readonly (readonly [Label, string])[],
): CueIndex<Label> {
  const byWord = new Map<string, Cue<Label>[]>();
  const byStem = new Map<string, Cue<Label>[]>();
  for (const [label, table] of tables) {
    for (const line of table.split("\n").map((text) => text.trim())) {
      if (line === "") continue;
      const space = line.indexOf(" ");
      const weight = Number(line.slice(0, space));
      for (const phrase of line.slice(space + 1).split(",")) {
        const cue = parseCue(label, weight, phrase.trim());
        for (const word of cue.steps[0]?.words ?? []) addTo(byWord, word, cue);
        for (const stem of cue.steps[0]?.stems ?? []) addTo(byStem, stem.slice(0, STEM_LENGTH), cue);
      }
    }
  }
  return { byWord, byStem };
}

function stepTakes({ words, stems }: Step, word: string): boolean {
  if (words.includes(word)) return true;
  for (const stem of stems) if (word.startsWith(stem)) return true;
  return false;
}

/** True when the steps after the first, which the index has found at `start`, follow it. */
function restFollows<Label>({ opens, steps }: Cue<Label>, words: Words, start: number): boolean {
  if (opens && words.opens[start] !== true) return false;
  let at = start + 1;
  for (let order = 1; order < steps.length; order += 1) {
    const step = steps[order];
    if (step === undefined) return false;
    const last = at + step.gap;
    let found = false;
    for (; at <= last && !found; at += 1) {
      const word = words.list[at];
      if (word === undefined) return false;
      found = stepTakes(step, word);
    }
    if (!found) return false;
  }
  return true;
}

function factorAt(words: Words, at: number): number {
  if (words.quoted[at] === true) return ENDS.quotedFactor;
  const fromEnd = words.list.length - at;
  if (at < ENDS.head) return 1;
  return at < ENDS.neck || fromEnd <= ENDS.tail ? ENDS.nextFactor : ENDS.middleFactor;
}

const NONE: readonly never[] = [];

/** Sums each label's matched weights; a phrase counts once, where it counts most. */
export function weigh<Label>(index: CueIndex<Label>, words: Words): Map<Label, number> {
  const best = new Map<Cue<Label>, number>();
  const tryCue = (cue: Cue<Label>, at: number) => {
    if (!restFollows(cue, words, at)) return;
    const factor = factorAt(words, at);
    if ((best.get(cue) ?? 0) < factor) best.set(cue, factor);
  };
  for (let at = 0; at < words.list.length; at += 1) {
    const word = words.list[at] ?? "";
    for (const cue of index.byWord.get(word) ?? NONE) tryCue(cue, at);
    if (word.length < STEM_LENGTH) continue;
    for (const cue of index.byStem.get(word.slice(0, STEM_LENGTH)) ?? NONE) {
      const [first] = cue.steps;
      if (first !== undefined && stepTakes(first, word)) tryCue(cue, at);
    }
  }
  const totals = new Map<Label, number>();
  for (const [cue, factor] of best) totals.set(cue.label, (totals.get(cue.label) ?? 0) + cue.weight * factor);
  return totals;
}
