/** The name that was meant, for a name that is not one. Pure. */

/** Compared so far; every name that is known is shorter. */
const COMPARED_MAX = 64;

/** Of a name's length. A half would find `session` in `reason`. */
const EDITS_SHARE = 0.4;

/** The known name with the fewest edits (Levenshtein); null when too much of it would be other letters. */
export function nearest(name: string, known: readonly string[]): string | null {
  const [best] = known
    .map((candidate) => ({ candidate, edits: editsBetween(name.slice(0, COMPARED_MAX), candidate) }))
    .toSorted((a, b) => a.edits - b.edits);
  return best !== undefined && best.edits <= best.candidate.length * EDITS_SHARE ? best.candidate : null;
}

function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j += 1) {
      const kept = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1);
      next.push(Math.min(kept, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
