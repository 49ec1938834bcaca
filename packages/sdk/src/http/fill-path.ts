import type { JsonValue } from '@meltano/foundation/json';
import { readMember } from '../schema/member.ts';
import type { StreamPartition } from '../tap/stream.ts';
import { httpError } from './errors.ts';

export interface PathTemplate {
  readonly stream: string;
  /** With members of the partition only. */
  readonly path: string;
  /** As the author wrote it. */
  readonly written: string;
  /** Where members of the partition come from, e.g. `repositories.full_name`. */
  readonly origins: ReadonlyMap<string, string>;
}

/**
 * The path with the partition's values, each of which stays one segment of it: slashes are escaped, and what would
 * lead to another path is refused. `{+member}` lets slashes be (RFC 6570 §3.2.3), for names such as `owner/repo`.
 */
export function fillPath(template: PathTemplate, partition: StreamPartition): string {
  return template.path.replaceAll(/\{(\+?)([\w-]+)\}/g, (_, plus: string, name: string) => {
    const value = readMember<JsonValue>(name)(partition);
    if (value === undefined || value === null) throw unusable(template, name, value);
    const segments = plus === '' ? [String(value)] : String(value).split('/');
    if (segments.some(leadsAway)) throw unusable(template, name, value);
    return segments.map(encodeURIComponent).join('/');
  });
}

/** A path that a template has made must have the segments that were meant. */
export function assertStraight(address: string, { stream, written }: PathTemplate): void {
  const path = address.replace(/^https?:\/\/[^/?#]*/, '').replace(/[?#].*$/s, '');
  const segments = path.split('/').slice(1, -1);
  const last = path.split('/').at(-1) ?? '';
  const isAway = [...segments, last].some((each) => each !== '' && leadsAway(decodedDots(each)));
  const isHollow = segments.includes('') && !written.replace(/^https?:\/\//, '').includes('//');
  if (!isAway && !isHollow) return;
  throw httpError('unusable_path', {
    message: `Stream ${stream} cannot ask for ${JSON.stringify(path.slice(0, 200))}: a value in its path ${written} is empty or made of dots`,
    hint: 'such a value would lead to another path: leave those records of the parent out, or escape the value with url_encode',
    details: { stream },
  });
}

/** An empty segment, and those of dots, which mean the path itself and the one above. */
function leadsAway(segment: string): boolean {
  return segment === '' || segment === '.' || segment === '..';
}

function decodedDots(segment: string): string {
  return segment.replaceAll(/%2e/gi, '.');
}

function unusable({ stream, written, origins }: PathTemplate, name: string, value: JsonValue | undefined) {
  const origin = origins.get(name);
  const what = value === undefined || value === null ? 'has no value' : `is ${JSON.stringify(value)}`;
  return httpError('unusable_path', {
    message: `Stream ${stream} cannot be asked for: "${name}"${origin === undefined ? '' : `, ${origin} of its parent,`} ${what}, which is no part of the path ${written}`,
    hint: 'it would lead to another path: leave such records of the parent out with its "map" or "where"; a value with slashes that are meant is written {+name}',
    details: { stream, member: name },
  });
}
