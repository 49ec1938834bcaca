import type { JsonObject } from '@meltano/foundation/json';
import { type ImportProblem, listOf, objectOf } from './problem.ts';

/** A child whose parent was not taken cannot be read. */
export function leaveOutOrphans(
  streams: Record<string, JsonObject>,
  problems: Map<string, readonly ImportProblem[]>,
): void {
  for (let found = true; found; ) {
    found = false;
    for (const [name, stream] of Object.entries(streams)) {
      const parents = [...listOf(stream['parent']), ...listOf(stream['combine']).flatMap(listOf)].map(
        (each) => String(objectOf(each)['stream']),
      );
      const missing = parents.find((parent) => !Object.hasOwn(streams, parent));
      if (missing === undefined) continue;
      problems.set(name, [
        {
          path: name,
          component: 'SubstreamPartitionRouter',
          reason: `its parent "${missing}" is not among the streams that are imported`,
          advice: 'see what the parent lacks',
        },
      ]);
      delete streams[name];
      found = true;
    }
  }
}

/** The templates but for those whose streams would be read for one that was not taken. */
export function withoutOrphans(
  templates: readonly JsonObject[],
  streams: Readonly<Record<string, JsonObject>>,
  problems: Map<string, readonly ImportProblem[]>,
): readonly JsonObject[] {
  return templates.filter(({ name, for_each: given, stream }) => {
    const { parent, combine } = objectOf(stream);
    const needed = [given, ...listOf(parent), ...listOf(combine).flatMap(listOf)]
      .map((each) => objectOf(each)['stream'])
      .filter((each) => typeof each === 'string');
    const missing = needed.find((each) => !Object.hasOwn(streams, each));
    if (missing === undefined) return true;
    const path = String(name);
    const reason = `the stream "${missing}" that it is read for is not among those that are imported`;
    const advice = 'see what that stream lacks';
    problems.set(path, [{ path, component: 'DynamicDeclarativeStream', reason, advice }]);
    return false;
  });
}
