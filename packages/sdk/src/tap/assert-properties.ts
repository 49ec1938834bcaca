import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { tapError } from './errors.ts';
import type { Stream } from './stream.ts';

export interface NeededProperties {
  readonly keys: readonly string[];
  /** Of an INCREMENTAL stream. */
  readonly replicationKey: string | undefined;
}

/**
 * What identifies a record, or says how far a stream has come, must be in the schema: what is not is left out of the
 * records, and the stream would begin anew in every run without a word. Throws `tap.no_such_property`.
 */
export function assertOwnProperties(stream: Stream): void {
  const { keys = [], replicationKey, schema } = stream;
  assertProperties(stream, schema.json, { keys, replicationKey });
}

/** The same of what a catalog says; a mistake that is the stream's own is not the catalog's. */
export function assertCatalogProperties(
  stream: Stream,
  schema: JsonObject,
  { keys, replicationKey }: NeededProperties,
): void {
  const own = isJsonObject(stream.schema.json['properties']) ? stream.schema.json['properties'] : {};
  const isItsOwn = (name: string) =>
    !Object.hasOwn(own, name) && [...(stream.keys ?? []), stream.replicationKey].includes(name);
  assertProperties(stream, schema, {
    keys: keys.filter((key) => !isItsOwn(key)),
    replicationKey: replicationKey === undefined || isItsOwn(replicationKey) ? undefined : replicationKey,
  });
}

function assertProperties(stream: Stream, schema: JsonObject, needed: NeededProperties): void {
  const { properties, additionalProperties: more = false } = schema;
  if (!isJsonObject(properties) || more !== false) return;
  const { keys, replicationKey } = needed;
  for (const key of keys)
    if (!Object.hasOwn(properties, key)) throw missing(stream, key, 'a key', properties);
  // Such a stream need not compare anything.
  if (replicationKey === undefined || stream.ownBookmark === true) return;
  if (!Object.hasOwn(properties, replicationKey))
    throw missing(stream, replicationKey, 'the replication key', properties);
}

function missing({ name, schema }: Stream, property: string, what: string, properties: JsonObject) {
  const own = isJsonObject(schema.json['properties']) ? schema.json['properties'] : {};
  const isOwn = Object.hasOwn(own, property);
  return tapError('no_such_property', {
    message: `"${property}" is ${what} of stream ${name}, but not among the properties of its schema${isOwn ? ' in the catalog' : ''}`,
    hint: isOwn
      ? 'discover again to renew the catalog'
      : `name one that it has, or add it to the schema; there are ${Object.keys(properties).join(', ') || 'none'}`,
    details: { stream: name, property },
  });
}
