/** Seconds of the parts of a span of ISO 8601; months and years differ, so it matters which side to err on. */
const parts = [
  { shortest: 365 * 86_400, longest: 366 * 86_400 },
  { shortest: 28 * 86_400, longest: 31 * 86_400 },
  { shortest: 604_800, longest: 604_800 },
  { shortest: 86_400, longest: 86_400 },
  { shortest: 3_600, longest: 3_600 },
  { shortest: 60, longest: 60 },
  { shortest: 1, longest: 1 },
] as const;

/** Seconds of a span such as `P1M` or `PT1H30M`; undefined for what is none. */
export function secondsOf(text: string, side: 'shortest' | 'longest'): number | undefined {
  const found =
    /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$/.exec(
      text,
    );
  if (found === null || /^P$|T$/.test(text)) return undefined;
  return parts.reduce((sum, part, at) => sum + Number(found[at + 1] ?? 0) * part[side], 0);
}

/** A span as the own format writes it. */
export function spanText(seconds: number): string {
  for (const [size, unit] of [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'm'],
  ] as const)
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  return `${seconds}s`;
}
