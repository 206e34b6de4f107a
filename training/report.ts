/** `npm run train:report`: how well the classifier does on sources that it has not seen, as tables and pictures for docs/. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { COLUMNS, LENGTH_COLUMN, lexiconOf } from "../src/classify/model.ts";
import { judge } from "../src/classify/judge.ts";
import { MODEL } from "../src/classify/weights.ts";
import { SHAPE_ROWS } from "../src/classify/shape.ts";
import { difficultyInputs } from "../src/classify/difficulty.ts";
import type { Task } from "../src/domain/traits.ts";
import { LENGTH_TOKENS, ownPrompts } from "./data.ts";
import { outputsOf } from "./fit.ts";
import { fitDifficulty } from "./heads.ts";
import { parallelPrompts, rightByLanguage, steadiness } from "./robustness.ts";
import { levelsTable } from "./levels.ts";
import { buildLexicon, readForms } from "./lexicon.ts";
import { disturbed } from "./noise.ts";
import { apgr, auc, calibration, coverage, median, spearman } from "./measures.ts";
import { confusionPicture, coveragePicture, reliabilityPicture } from "./pictures.ts";
import { FIT, FITTED_INPUTS, NOISE_SEED, hardPrompts } from "./train.ts";
import { type Example, fitHeads, vectorsOf } from "./vectors.ts";
import { storedLexicon } from "./write.ts";

/** What a router could confuse without harm stands in one group. */
const GROUPS: Readonly<Record<Task, string>> = {
  classification: "reads",
  extraction: "reads",
  closed_qa: "reads",
  summarization: "rewrites",
  translation: "rewrites",
  rewriting: "rewrites",
  open_qa: "writes",
  brainstorming: "writes",
  generation: "writes",
  code: "code",
  reasoning: "reasoning",
  chat: "chat",
};

export type Outcome = {
  readonly source: string;
  readonly language: string;
  readonly task: Task;
  readonly second: Task | null;
  readonly guess: Task;
  readonly confidence: number;
  /** Base-2 logarithms of tokens. */
  readonly logarithm: number;
  readonly actual: number;
};

const strict = ({ guess, task }: Outcome) => guess === task;
const lenient = ({ guess, task, second }: Outcome) => guess === task || guess === second;
const coarse = ({ guess, task, second }: Outcome) =>
  GROUPS[guess] === GROUPS[task] || (second !== null && GROUPS[guess] === GROUPS[second]);
const share = (outcomes: readonly Outcome[], test: (one: Outcome) => boolean) =>
  outcomes.filter(test).length / Math.max(1, outcomes.length);

/** Each source guessed by a model that has seen all others. */
function leaveSourcesOut(): Outcome[] {
  const prompts = ownPrompts();
  const lexicon = lexiconOf({ lexicon: storedLexicon(buildLexicon(readForms())) });
  const { examples, keys } = vectorsOf([...prompts, ...disturbed(prompts, NOISE_SEED)], lexicon);
  const plain = examples.slice(0, prompts.length);
  const rows = SHAPE_ROWS + keys.length;
  const sources = [...new Set(prompts.map(({ source }) => source))];
  return sources.flatMap((source) => {
    const weights = fitHeads(
      examples.filter(({ prompt }) => prompt.source !== source),
      { rows, ...FIT },
    );
    return plain
      .filter(({ prompt }) => prompt.source === source)
      .map((example) => outcomeOf(example, weights));
  });
}

function outcomeOf(example: Example, weights: Float32Array): Outcome {
  const outputs = new Float64Array(COLUMNS);
  outputsOf(example, weights, outputs);
  const { task: guess, confidence } = judge(outputs, MODEL.temperature);
  const { task, second, language, source, length } = example.prompt;
  return {
    source,
    language,
    task,
    second,
    guess,
    confidence,
    logarithm: outputs[LENGTH_COLUMN] ?? 0,
    actual: Math.log2(LENGTH_TOKENS[length]),
  };
}

const percent = (value: number) => value.toFixed(3);

function tableBy(outcomes: readonly Outcome[], key: (one: Outcome) => string): string {
  const rows = [...Map.groupBy(outcomes, key)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, own]) => {
      const errors = own.map(({ logarithm, actual }) => Math.abs(logarithm - actual));
      const rank = spearman(
        own.map(({ logarithm }) => logarithm),
        own.map(({ actual }) => actual),
      );
      return `| ${name} | ${own.length} | ${percent(share(own, strict))} | ${percent(share(own, lenient))} | ${percent(share(own, coarse))} | ${rank.toFixed(2)} | ${median(errors).toFixed(2)} |`;
    });
  return [
    "| | prompts | task | first or second | group | length, Spearman | length, median error in octaves |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function difficultyTable(folder: string): string {
  const hard = hardPrompts(folder);
  const sources = Map.groupBy(hard, ({ source }) => source);
  const rows = [...sources]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, own]) => {
      const weights = fitDifficulty(
        hard.filter((one) => one.source !== source),
        FITTED_INPUTS,
      );
      const ranks = own.map(({ facts }) =>
        Object.values(difficultyInputs(facts)).reduce(
          (sum, input, at) => sum + input * (weights[at] ?? 0),
          0,
        ),
      );
      const lengths = own.map(({ facts }) => facts.askCharacters);
      const fails = own.map(({ failed }) => failed > 0.5);
      const pairs = own.map(({ small, large }) => ({ small, large }));
      const figures = [auc(ranks, fails), auc(lengths, fails), apgr(ranks, pairs), apgr(lengths, pairs)];
      return `| ${source} | ${own.length} | ${figures.map((one) => (one === null ? "" : one.toFixed(3))).join(" | ")} |`;
    });
  return [
    "| source left out | prompts | AUC | AUC, length alone | APGR | APGR, length alone |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function steadinessTable(): string {
  const prompts = parallelPrompts();
  const rows = steadiness(prompts).map(({ change, share: same }) => `| ${change} | ${percent(same)} |`);
  const right = [...rightByLanguage(prompts)].map(
    ([language, one]) => `| right, ${language} | ${percent(one)} |`,
  );
  return [`| ${prompts.length} parallel prompts | share |`, "|---|---|", ...rows, ...right].join("\n");
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { data: { type: "string" } } });
  const outcomes = leaveSourcesOut();
  const right = outcomes.map((one) => ({ confidence: one.confidence, right: lenient(one) }));
  const { bins, error } = calibration(right);
  const folder = join(import.meta.dirname, "..", "docs", "classifier");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "reliability.svg"), reliabilityPicture(bins));
  writeFileSync(join(folder, "coverage.svg"), coveragePicture(coverage(right)));
  writeFileSync(join(folder, "confusion.svg"), confusionPicture(outcomes));
  const lines = [
    `All sources left out in turn: ${outcomes.length} prompts, task ${percent(share(outcomes, strict))}, first or second ${percent(share(outcomes, lenient))}, group ${percent(share(outcomes, coarse))}; expected calibration error ${percent(error)}.`,
    tableBy(outcomes, ({ language }) => language),
    tableBy(outcomes, ({ source }) => source),
    tableBy(outcomes, ({ task }) => task),
    [
      "| answered | right |",
      "|---|---|",
      ...coverage(right).map(
        ({ covered, accuracy }) => `| ${Math.round(covered * 100)} % | ${percent(accuracy)} |`,
      ),
    ].join("\n"),
    ...(values.data === undefined ? [] : [difficultyTable(values.data), levelsTable(values.data) ?? ""]),
    steadinessTable(),
  ];
  writeFileSync(join(folder, "figures.md"), `${lines.join("\n\n")}\n`);
  console.log(lines.join("\n\n"));
}
