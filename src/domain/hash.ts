/** murmur3's finaliser: an unsigned 32-bit number whose every bit depends on the whole hash. */
export function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** A 32-bit FNV-1a with murmur3's finaliser, as a number in (0, 1): spreads keys, protects nothing. */
export function hashToUnit(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (finish(hash) + 0.5) / 4294967296;
}

/**
 * Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker
 * 2005): the same key meets the same item as long as the item is there. Null when nothing has weight.
 */
export function rendezvous<Item>(
  key: string,
  items: readonly Item[],
  read: (item: Item) => { id: string; weight: number },
): Item | null {
  let best: Item | null = null;
  let bestScore = -Infinity;
  for (const item of items) {
    const { id, weight } = read(item);
    if (weight <= 0) continue;
    const score = -weight / Math.log(hashToUnit(`${key}\n${id}`));
    if (score > bestScore) [best, bestScore] = [item, score];
  }
  return best;
}
