/**
 * A set of hashes, each with a number: what the classifier knows of words. Stored as 12 bits of the hash by the place in the
 * list and 16 bits each: one unknown word in some thousands is taken for a known one, which linear weights forgive.
 */

const BUCKET_BITS = 12;
export const BUCKETS = 1 << BUCKET_BITS;
const MARK_BITS = 16;
const KEY_SHIFT = 32 - BUCKET_BITS - MARK_BITS;
/** Hints for each key: one in six unknown hashes is looked for in vain. */
const HINTS_PER_KEY = 5;

export type StoredKeys = {
  /** How many keys stand in each bucket. */
  readonly counts: Uint8Array;
  /** The 16 bits after the bucket's, bucket by bucket, rising. */
  readonly marks: Uint16Array;
};

/** The 28 bits by which a hash is known. */
export const keyOf = (hash: number): number => hash >>> KEY_SHIFT;

/** Keys (as of `keyOf`, sorted, none twice) in the form in which they are stored. */
export function storeKeys(keys: readonly number[]): StoredKeys {
  const counts = new Uint8Array(BUCKETS);
  for (const key of keys) {
    const bucket = key >>> MARK_BITS;
    const count = (counts[bucket] ?? 0) + 1;
    if (count > 255) throw new RangeError("a bucket holds 255 keys at most");
    counts[bucket] = count;
  }
  return { counts, marks: Uint16Array.from(keys, (key) => key & 0xffff) };
}

/** Open addressing at a load of a half at most. `find` gives the key's place in the stored order, -1 when it is absent. */
export class KeyTable {
  private readonly keys: Int32Array;
  private readonly places: Uint32Array;
  private readonly mask: number;
  /** A bit for each of many places, set where some key falls: most hashes that are unknown end here, in near memory. */
  private readonly hints: Int32Array;
  private readonly hintMask: number;

  constructor({ counts, marks }: StoredKeys) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, marks.length * 2)));
    this.keys = new Int32Array(slots).fill(-1);
    this.places = new Uint32Array(slots);
    this.mask = slots - 1;
    const hintBits = 2 ** Math.ceil(Math.log2(Math.max(32, marks.length * HINTS_PER_KEY)));
    this.hints = new Int32Array(hintBits / 32);
    this.hintMask = hintBits - 1;
    let place = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      for (let left = counts[bucket] ?? 0; left > 0; left -= 1) {
        this.insert(bucket * 2 ** MARK_BITS + (marks[place] ?? 0), place);
        place += 1;
      }
    }
  }

  /** False for a hash that is surely absent: small enough to stand in a loop. */
  mayHold(hash: number): boolean {
    const hint = (hash >>> KEY_SHIFT) & this.hintMask;
    return ((this.hints[hint >> 5] ?? 0) & (1 << (hint & 31))) !== 0;
  }

  find(hash: number): number {
    if (!this.mayHold(hash)) return -1;
    const key = keyOf(hash);
    for (let slot = key & this.mask; ; slot = (slot + 1) & this.mask) {
      const found = this.keys[slot];
      if (found === key) return this.places[slot] ?? -1;
      if (found === -1) return -1;
    }
  }

  private insert(key: number, place: number): void {
    const hint = key & this.hintMask;
    this.hints[hint >> 5] = (this.hints[hint >> 5] ?? 0) | (1 << (hint & 31));
    let slot = key & this.mask;
    while (this.keys[slot] !== -1) slot = (slot + 1) & this.mask;
    this.keys[slot] = key;
    this.places[slot] = place;
  }
}
