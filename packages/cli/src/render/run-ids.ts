import { cliError } from '../errors.ts';

/** From this width on a list has room for whole ids and times. */
const wide = 110;
/** The time in a run's id, to the millisecond. */
const leastLength = 13;

/** Ids of runs for a list: whole, or on a narrow terminal their beginnings, as long as it takes to tell them apart. */
export function shownIds(ids: readonly string[], width: number | undefined): readonly string[] {
  if (width === undefined || width >= wide) return ids;
  for (let length = leastLength; length < 36; length += 1) {
    const shown = ids.map((id) => id.slice(0, length));
    if (new Set(shown).size === new Set(ids).size) return shown;
  }
  return ids;
}

/** When a run began, in UTC; on a narrow terminal to the minute. Milliseconds since the epoch. */
export function shownStart(at: number, width: number | undefined): string {
  const text = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  return width !== undefined && width < wide ? text.slice(0, 16) : text;
}

const maxCandidates = 5;

/** The beginning of an id that is the beginning of several. */
export function ambiguousRun(given: string, candidates: readonly string[]) {
  const more = candidates.length - maxCandidates;
  return cliError('run_not_found', {
    message: `${candidates.length} runs begin with '${given}'`,
    hint: [
      'type more of the one that is meant:',
      ...candidates.slice(0, maxCandidates),
      ...(more > 0 ? [`and ${more} more: meltano runs list`] : []),
    ].join('\n'),
  });
}
