/**
 * The names that look like `name`, best first, at most `count`. Both the likeness and the limit are those of
 * Python's `difflib.get_close_matches`: 2 × matching characters ÷ all characters, at least 0.6.
 */
export function nearNames(
  name: string,
  candidates: Iterable<string>,
  count = 3,
  atLeast = 0.6,
): readonly string[] {
  return [...candidates]
    .map((candidate) => ({ candidate, likeness: likeness(candidate, name) }))
    .filter((match) => match.likeness >= atLeast)
    .sort((a, b) => b.likeness - a.likeness || (a.candidate < b.candidate ? 1 : -1))
    .slice(0, count)
    .map((match) => match.candidate);
}

/** Between 0 (nothing in common) and 1 (equal): the ratio of Ratcliff and Obershelp. */
export function likeness(a: string, b: string): number {
  const length = a.length + b.length;
  return length === 0 ? 1 : (2 * matchingCharacters(a, b)) / length;
}

/** The longest common piece, and the same again to the left and to the right of it. */
function matchingCharacters(a: string, b: string): number {
  const { size, startA, startB } = longestCommonPiece(a, b);
  if (size === 0) return 0;
  return (
    size +
    matchingCharacters(a.slice(0, startA), b.slice(0, startB)) +
    matchingCharacters(a.slice(startA + size), b.slice(startB + size))
  );
}

function longestCommonPiece(a: string, b: string) {
  let best = { size: 0, startA: 0, startB: 0 };
  let previous: readonly number[] = [];
  for (let i = 0; i < a.length; i += 1) {
    const row: number[] = [];
    for (let j = 0; j < b.length; j += 1) {
      const size = a[i] === b[j] ? (previous[j - 1] ?? 0) + 1 : 0;
      row[j] = size;
      if (size > best.size) best = { size, startA: i - size + 1, startB: j - size + 1 };
    }
    previous = row;
  }
  return best;
}
