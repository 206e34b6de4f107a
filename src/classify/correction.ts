/** The level of answer lengths differs between deployments, their order does not: a running correction for each task. Pure. */

export const CORRECTION = {
  /** Answers after which what was known before weighs half. */
  memory: 20,
  /** One answer counts for no more octaves than this, and no correction goes further. */
  octavesMost: 3,
} as const;

/** Answers of one task: how many, and the sum of log2(tokens / expected median), the expectation being corrected already. */
export type Seen = { readonly answers: number; readonly octaves: number };

const bounded = (octaves: number): number =>
  Math.max(-CORRECTION.octavesMost, Math.min(CORRECTION.octavesMost, octaves));

export const noneSeen: Seen = { answers: 0, octaves: 0 };

export const withAnswer = ({ answers, octaves }: Seen, tokens: number, expected: number): Seen => ({
  answers: answers + 1,
  octaves: octaves + bounded(Math.log2(tokens / Math.max(1, expected))),
});

/** The correction in octaves after some more answers. */
export const corrected = (before: number, { answers, octaves }: Seen): number =>
  bounded(before + octaves / (answers + CORRECTION.memory));
