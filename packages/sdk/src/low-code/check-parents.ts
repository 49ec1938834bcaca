import { nearNames } from '@meltano/foundation/near-names';
import type { ValueProblem } from './check-value.ts';
import type { Manifest, ParentManifest, StreamManifest } from './manifest.ts';

interface Named {
  readonly path: ValueProblem['path'];
  readonly parent: string;
}

/** Parents that are no streams of the manifest, and streams that are their own ancestors. */
export function checkParents({
  streams,
  stream_templates: templates = [],
}: Manifest): readonly ValueProblem[] {
  const names = Object.keys(streams);
  const named = new Map(names.map((name) => [name, parentsOf(name, streams[name] ?? {})]));
  const sources = templates.flatMap(({ for_each: given }, at) =>
    typeof given === 'object' && 'stream' in given
      ? [{ path: ['stream_templates', at, 'for_each', 'stream'], parent: given.stream }]
      : [],
  );
  const unknown = [...[...named.values()].flat(), ...sources].flatMap(({ path, parent }) => {
    // A template may make it.
    if (Object.hasOwn(streams, parent) || (templates.length > 0 && path[0] === 'streams')) return [];
    const [near] = nearNames(parent, names, 1);
    const question = near === undefined ? '' : `: did you mean "${near}"?`;
    return [
      {
        path,
        problem: `names the stream "${parent}", which is not there${question} There are ${names.join(', ')}`,
      },
    ];
  });
  const circles = names.flatMap((name) => {
    const [first] = named.get(name) ?? [];
    if (first === undefined || !isAncestor(name, name, named)) return [];
    return [{ path: first.path, problem: `makes the stream "${name}" an ancestor of itself` }];
  });
  return [...unknown, ...circles];
}

/** Those that `parent` and `combine` name, and those that placeholders of the path name. */
export function parentsOf(
  name: string,
  { parent, combine = [], path = '' }: StreamManifest,
): readonly Named[] {
  const place = ['streams', name];
  const own = parent === undefined ? [] : [parent].flat();
  const isList = Array.isArray(parent);
  const placeholders = path.replaceAll(/\{\{[\s\S]*?\}\}/g, '').matchAll(/\{([\w-]+)\.[\w.-]+\}/g);
  return [
    ...own.map(({ stream }, at) => ({
      path: [...place, 'parent', ...(isList ? [at] : []), 'stream'],
      parent: stream,
    })),
    ...combine.flatMap((each, at) =>
      ([each].flat() as readonly ParentManifest[]).map((one, inner) => ({
        path: [...place, 'combine', at, ...(Array.isArray(each) ? [inner] : []), 'stream'],
        parent: one.stream,
      })),
    ),
    ...[...placeholders].map(([, stream = '']) => ({ path: [...place, 'path'], parent: stream })),
  ];
}

function isAncestor(
  wanted: string,
  of: string,
  named: ReadonlyMap<string, readonly Named[]>,
  seen = new Set<string>(),
): boolean {
  return (named.get(of) ?? []).some(({ parent }) => {
    if (parent === wanted) return true;
    if (seen.has(parent)) return false;
    seen.add(parent);
    return isAncestor(wanted, parent, named, seen);
  });
}
