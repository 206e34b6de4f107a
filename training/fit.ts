/** Linear models on sparse vectors, by AdaGrad: the same data and seed give the same weights. */

export type Sparse = { readonly rows: Int32Array; readonly values: Float32Array };

/** A stream of numbers in [0, 1) that is the same each time (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function shuffle<Item>(items: Item[], random: () => number): Item[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const at = Math.floor(random() * (last + 1));
    const [one, other] = [items[last], items[at]];
    if (one !== undefined && other !== undefined) [items[last], items[at]] = [other, one];
  }
  return items;
}

export type FitOptions = {
  readonly rows: number;
  readonly columns: number;
  readonly epochs: number;
  readonly rate: number;
  readonly seed: number;
};

/** Row-major weights. `gradient` turns a row of outputs into the slope of its loss, in place. */
export function fit(
  examples: readonly Sparse[],
  options: FitOptions,
  gradient: (outputs: Float64Array, example: number) => void,
): Float32Array {
  const { rows, columns, epochs, rate, seed } = options;
  const weights = new Float32Array(rows * columns);
  const squares = new Float32Array(rows * columns).fill(1e-2);
  const mean = new Float32Array(rows * columns);
  const outputs = new Float64Array(columns);
  const random = dice(seed);
  const order = examples.map((_, index) => index);
  let snapshots = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    shuffle(order, random);
    for (const index of order) {
      const example = examples[index];
      if (example === undefined) continue;
      outputsOf(example, weights, outputs);
      gradient(outputs, index);
      step(example, { weights, squares, slopes: outputs, rate });
    }
    // The mean of the last epochs' weights is steadier than the last.
    if (epoch < epochs - 3) continue;
    for (let at = 0; at < mean.length; at += 1) mean[at] = (mean[at] ?? 0) + (weights[at] ?? 0);
    snapshots += 1;
  }
  for (let at = 0; at < mean.length; at += 1) mean[at] = (mean[at] ?? 0) / snapshots;
  return mean;
}

/** Fills `outputs` with vector x weights. */
export function outputsOf({ rows, values }: Sparse, weights: Float32Array, outputs: Float64Array): void {
  const columns = outputs.length;
  outputs.fill(0);
  for (let index = 0; index < rows.length; index += 1) {
    const [at, value] = [(rows[index] ?? 0) * columns, values[index] ?? 0];
    for (let column = 0; column < columns; column += 1)
      outputs[column] = (outputs[column] ?? 0) + value * (weights[at + column] ?? 0);
  }
}

type Stepping = {
  readonly weights: Float32Array;
  readonly squares: Float32Array;
  readonly slopes: Float64Array;
  readonly rate: number;
};

function step({ rows, values }: Sparse, { weights, squares, slopes, rate }: Stepping): void {
  const columns = slopes.length;
  for (let index = 0; index < rows.length; index += 1) {
    const [from, value] = [(rows[index] ?? 0) * columns, values[index] ?? 0];
    for (let column = 0; column < columns; column += 1) {
      const at = from + column;
      const slope = (slopes[column] ?? 0) * value;
      const square = (squares[at] ?? 0) + slope * slope;
      squares[at] = square;
      weights[at] = (weights[at] ?? 0) - (rate * slope) / Math.sqrt(square);
    }
  }
}

/** Softmax in place. */
export function softmax(outputs: Float64Array): void {
  let most = -Infinity;
  for (const output of outputs) most = Math.max(most, output);
  let sum = 0;
  for (let index = 0; index < outputs.length; index += 1) {
    outputs[index] = Math.exp((outputs[index] ?? 0) - most);
    sum += outputs[index] ?? 0;
  }
  for (let index = 0; index < outputs.length; index += 1) outputs[index] = (outputs[index] ?? 0) / sum;
}

/** Least squares with a ridge, by Gauss-Jordan: for a handful of columns. */
export function leastSquares(
  inputs: readonly (readonly number[])[],
  targets: readonly number[],
  ridge: number,
): number[] {
  const size = inputs[0]?.length ?? 0;
  const matrix = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size + 1 }, (_unused, column) => (row === column ? ridge : 0)),
  );
  for (const [index, input] of inputs.entries()) {
    for (let row = 0; row < size; row += 1) {
      const line = matrix[row];
      if (line === undefined) continue;
      for (let column = 0; column < size; column += 1)
        line[column] = (line[column] ?? 0) + (input[row] ?? 0) * (input[column] ?? 0);
      line[size] = (line[size] ?? 0) + (input[row] ?? 0) * (targets[index] ?? 0);
    }
  }
  for (let pivot = 0; pivot < size; pivot += 1) {
    const line = matrix[pivot];
    if (line === undefined) continue;
    const lead = line[pivot] ?? 1;
    for (let column = 0; column <= size; column += 1) line[column] = (line[column] ?? 0) / lead;
    for (const [row, other] of matrix.entries()) {
      const factor = other[pivot] ?? 0;
      if (row === pivot || factor === 0) continue;
      for (let column = 0; column <= size; column += 1)
        other[column] = (other[column] ?? 0) - factor * (line[column] ?? 0);
    }
  }
  return matrix.map((line) => line[size] ?? 0);
}
