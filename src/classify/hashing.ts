/** FNV-1a's step with a shift that keeps high bits at work, and murmur3's finaliser: quick, and the same everywhere. */
export const SEED = 0x811c9dc5;
export const mix = (hash: number, value: number): number =>
  Math.imul(hash ^ value, 0x01000193) ^ (hash >>> 15);

/** An unsigned 32-bit number whose every bit depends on the whole hash. */
export function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
