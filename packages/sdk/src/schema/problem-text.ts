import { nearNames } from '@meltano/foundation/near-names';
import type { SchemaProblem } from './validate.ts';

/** A problem for the person who wrote the value: of a member that there is none of, also which was meant or there are. */
export function problemText({ problem, unknown }: SchemaProblem): string {
  if (unknown === undefined) return problem;
  const near = nearNames(unknown.name, unknown.known).map((each) => `'${each}'`);
  const advice =
    near.length > 0 ? `did you mean ${near.join(' or ')}?` : `it can have ${unknown.known.join(', ')}`;
  return `has no member '${unknown.name}' (${advice})`;
}
