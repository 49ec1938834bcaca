/** The lines that only one side has, `-` and `+` in front, in order; with one common line around each change. */
export function compareLines(left: readonly string[], right: readonly string[]): readonly string[] {
  const common = commonLengths(left, right);
  const rows: { readonly mark: '-' | '+' | ' '; readonly line: string }[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      rows.push({ mark: ' ', line: left[i] ?? '' });
      i += 1;
      j += 1;
    } else if (
      j >= right.length ||
      (i < left.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))
    ) {
      rows.push({ mark: '-', line: left[i++] ?? '' });
    } else rows.push({ mark: '+', line: right[j++] ?? '' });
  }
  return rows
    .filter(
      ({ mark }, index) =>
        mark !== ' ' || [index - 1, index + 1].some((near) => (rows[near]?.mark ?? ' ') !== ' '),
    )
    .map(({ mark, line }) => `${mark} ${line}`);
}

/** Length of the longest common subsequence of what follows position i on the left and j on the right. */
function commonLengths(left: readonly string[], right: readonly string[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: left.length + 1 }, () =>
    Array.from({ length: right.length + 1 }, () => 0),
  );
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row === undefined) continue;
      row[j] =
        left[i] === right[j]
          ? (lengths[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
