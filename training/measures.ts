/** Measures of a ranking and of a confidence. Pure. */

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};

/** Ranks from 0, those of equals their mean. */
function ranksOf(values: readonly number[]): number[] {
  const order = [...values.keys()].toSorted((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let end = from;
    while (end + 1 < order.length && values[order[end + 1] ?? 0] === values[order[from] ?? 0]) end += 1;
    for (let at = from; at <= end; at += 1) ranks[order[at] ?? 0] = (from + end) / 2;
    from = end + 1;
  }
  return ranks;
}

export function spearman(a: readonly number[], b: readonly number[]): number {
  const [one, other] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length - 1) / 2;
  let [both, left, right] = [0, 0, 0];
  for (let at = 0; at < one.length; at += 1) {
    const [x, y] = [(one[at] ?? 0) - mean, (other[at] ?? 0) - mean];
    both += x * y;
    left += x * x;
    right += y * y;
  }
  return both / Math.sqrt(Math.max(1e-9, left * right));
}

/** The chance that one that fails ranks above one that does not; null where there is only one kind. */
export function auc(scores: readonly number[], fails: readonly boolean[]): number | null {
  const ranks = ranksOf(scores);
  const positives = fails.filter(Boolean).length;
  const negatives = fails.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const sum = ranks.reduce((total, rank, at) => total + (fails[at] === true ? rank : 0), 0);
  return (sum - (positives * (positives - 1)) / 2) / (positives * negatives);
}

/**
 * Average performance gap recovered (RouteLLM, Ong et al. 2024): the hardest by rank go to the large model, for every share from none to
 * all; the mean of (quality - small's) / (large's - small's). 0.5 is chance. Null where the large model is no better.
 */
export function apgr(
  scores: readonly number[],
  pairs: readonly { readonly small: number | null; readonly large: number | null }[],
): number | null {
  const known = [...scores.keys()].flatMap((at) => {
    const { small, large } = pairs[at] ?? { small: null, large: null };
    return small === null || large === null ? [] : [{ score: scores[at] ?? 0, gain: large - small }];
  });
  const gap = known.reduce((sum, { gain }) => sum + gain, 0);
  if (known.length < 50 || gap / known.length < 0.03) return null;
  const sorted = known.toSorted((a, b) => b.score - a.score);
  let [area, recovered] = [0, 0];
  for (const { gain } of sorted) {
    recovered += gain;
    area += recovered / gap;
  }
  return area / sorted.length;
}

export type Sure = { readonly confidence: number; readonly right: boolean };
export type Bin = { readonly confidence: number; readonly accuracy: number; readonly count: number };
const BINS = 10;

/** Reliability by tenths of confidence, and the expected calibration error. */
export function calibration(all: readonly Sure[]): { bins: Bin[]; error: number } {
  const groups = Map.groupBy(all, ({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)));
  const bins = [...groups.values()]
    .map((own) => ({
      confidence: own.reduce((sum, { confidence }) => sum + confidence, 0) / own.length,
      accuracy: own.filter(({ right }) => right).length / own.length,
      count: own.length,
    }))
    .toSorted((a, b) => a.confidence - b.confidence);
  const error = bins.reduce(
    (sum, bin) => sum + (bin.count / all.length) * Math.abs(bin.confidence - bin.accuracy),
    0,
  );
  return { bins, error };
}

/** How often the most confident share is right, by tenths. */
export function coverage(all: readonly Sure[]): { covered: number; accuracy: number }[] {
  const sorted = all.toSorted((a, b) => b.confidence - a.confidence);
  return Array.from({ length: BINS }, (_, at) => {
    const own = sorted.slice(0, Math.round(((at + 1) / BINS) * sorted.length));
    return { covered: (at + 1) / BINS, accuracy: own.filter(({ right }) => right).length / own.length };
  });
}
