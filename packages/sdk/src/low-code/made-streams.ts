import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { checkValue } from './check-value.ts';
import { type Compiling, settled } from './compiling.ts';
import { manifestError } from './errors.ts';
import type { Manifest, StreamManifest, StreamTemplateManifest } from './manifest.ts';
import { manifestSchema } from './manifest-schema.ts';
import { dotted } from './parse-yaml.ts';
import { type ApartWorld, readApart } from './read-apart.ts';

/** A stream that a template makes, and what it is made for. */
export interface MadeStream {
  readonly name: string;
  readonly stream: StreamManifest;
  readonly each: JsonValue;
}

/** The streams that `stream_templates` make for these settings, and for what the API says now. */
export async function* madeStreams(
  { stream_templates: templates = [] }: Manifest,
  compiling: Compiling,
  world: ApartWorld,
): AsyncGenerator<MadeStream> {
  for (const [at, template] of templates.entries()) {
    const label = `stream_templates[${at}]`;
    for await (const each of itemsOf(template, label, compiling, world))
      yield madeFor(template, label, { ...compiling, each });
  }
}

async function* itemsOf(
  { for_each: given }: StreamTemplateManifest,
  label: string,
  compiling: Compiling,
  world: ApartWorld,
): AsyncGenerator<JsonValue> {
  if (isJsonObject(given as JsonValue)) {
    const { stream } = given as { readonly stream: string };
    for await (const { record } of readApart(await world.finished(stream), world)) yield record;
    return;
  }
  const lists = [given as JsonValue].flat() as readonly JsonValue[];
  for (const list of lists) {
    const value = settled(list, `${label}.for_each`, compiling);
    if (value !== null && value !== '') yield* isJsonArray(value) ? value : [value];
  }
}

/** Members whose templates are worked out once; those of all others are, with `each`, where they are used. */
const settledMembers: ReadonlySet<string> = new Set(
  'records keys replication_key time_formats schema parent combine state_keys add remove rename since query decode'.split(
    ' ',
  ),
);

function madeFor(template: StreamTemplateManifest, label: string, compiling: Compiling): MadeStream {
  const { each = null } = compiling;
  const name = settled(template.name, `${label}.name`, compiling);
  if (name === null || name === '') {
    throw manifestError('no_value', {
      message: `${label}.name has no value for ${JSON.stringify(each).slice(0, 200)}`,
      hint: `correct ${template.name}, or leave out what has no name`,
      details: { path: `${label}.name` },
    });
  }
  const members = Object.entries(template.stream).flatMap(([member, value]) => {
    if (!settledMembers.has(member)) return [[member, value] as const];
    const made = settled(value as JsonValue, `${label}.stream.${member}`, compiling);
    const list = isJsonArray(value as JsonValue) && isJsonArray(made) ? flat(made) : made;
    return list === null || list === '' ? [] : [[member, list] as const];
  });
  const stream = Object.fromEntries(members) as StreamManifest;
  assertFits(stream, `${label}.stream`, String(name));
  return { name: String(name), stream, each };
}

/** A template in a list may be a list itself, or nothing. */
function flat(list: readonly JsonValue[]): JsonValue {
  return list.flatMap((item) => (item === null || item === '' ? [] : isJsonArray(item) ? item : [item]));
}

function assertFits(stream: StreamManifest, label: string, name: string): void {
  const { properties } = manifestSchema as { readonly properties: { readonly defaults: object } };
  const [wrong] = checkValue(properties.defaults as never, stream as never);
  if (wrong === undefined) return;
  throw manifestError('invalid', {
    message: `${label}.${dotted(wrong.path)} of the stream "${name}" ${wrong.problem}`,
    hint: 'compare what the template makes of it with low-code.schema.json',
    details: { path: label, stream: name },
  });
}
