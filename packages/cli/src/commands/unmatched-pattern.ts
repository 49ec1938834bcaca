import { nearNames } from '@meltano/foundation/near-names';
import type { Catalog } from '@meltano/singer/catalog';
import { matchesGlob } from '@meltano/singer/glob';
import { listSelection } from '@meltano/singer/selection';

export interface SelectionPattern {
  readonly stream: string;
  readonly property: string;
}

/** Why a pattern selects nothing of a catalog, with the nearest names; undefined when it does select something. */
export function unmatchedPattern(
  catalog: Catalog,
  { stream, property }: SelectionPattern,
): string | undefined {
  const streams = listSelection(catalog);
  const matching = streams.filter((each) => matchesGlob(each.stream, stream));
  if (matching.length === 0) {
    const names = streams.map((each) => each.stream);
    return `no stream is named '${stream}'${suggestion(stream, names)}`;
  }
  const names = matching.flatMap((each) => each.properties.map(({ name }) => name));
  if (names.length === 0 || names.some((name) => matchesGlob(name, property))) return undefined;
  return `no property of ${matching.map((each) => `'${each.stream}'`).join(', ')} is named '${property}'${suggestion(property, names)}`;
}

function suggestion(name: string, known: readonly string[]): string {
  const near = nearNames(name, new Set(known));
  return near.length === 0 ? '' : `; did you mean ${near.map((each) => `'${each}'`).join(' or ')}?`;
}
