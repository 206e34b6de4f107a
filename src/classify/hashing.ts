/** FNV-1a's step with a shift that keeps high bits at work: quick, and the same everywhere. */
export const SEED = 0x811c9dc5;
export const mix = (hash: number, value: number): number =>
  Math.imul(hash ^ value, 0x01000193) ^ (hash >>> 15);
