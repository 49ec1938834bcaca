import type { JsonObject } from '@meltano/foundation/json';
import type { RecordItem, RecordsItem, SchemaItem } from '../connector.ts';
import { mapperError } from './errors.ts';
import type { SourceStream } from './map-schema.ts';
import type { Projection } from './stream-maps.ts';

/** What a stream becomes when its schema is known. */
export type ProjectStream = (source: SourceStream, item: SchemaItem) => readonly Projection[];

/** Maps items one by one; streams are known from their schemas on. */
export interface ItemMapping {
  /** The items that one item becomes, in their order. States pass as they are. */
  map(item: RecordItem): readonly RecordItem[];
  /** Whether the records of a stream that is known stay as they are, so that files of them may be passed on. */
  keepsRecords(stream: string): boolean;
}

export function createItemMapping(project: ProjectStream): ItemMapping {
  const known = new Map<string, readonly Projection[]>();
  const projectionsOf = (stream: string): readonly Projection[] => {
    const projections = known.get(stream);
    if (projections === undefined) throw noSchema(stream);
    return projections;
  };
  return {
    map(item) {
      switch (item.kind) {
        case 'schema': {
          const projections = project(item, item);
          known.set(item.stream, projections);
          return projections.map((projection) => schemaItem(item, projection));
        }
        case 'records':
          return projectionsOf(item.stream).flatMap((projection) => recordsItem(item, projection));
        case 'activate-version':
          return projectionsOf(item.stream).map(({ stream }) => ({ ...item, stream }));
        case 'state':
          return [item];
        case 'other':
          return otherItem(item.body, projectionsOf);
      }
    },
    keepsRecords: (stream) => known.get(stream)?.every(({ map }) => map === undefined) === true,
  };
}

function schemaItem(item: SchemaItem, { stream, schema, keyProperties }: Projection): SchemaItem {
  const properties = schema['properties'] ?? {};
  const bookmarks = item.bookmarkProperties?.filter((name) => Object.hasOwn(properties as JsonObject, name));
  return {
    ...item,
    stream,
    schema,
    keyProperties,
    ...(bookmarks === undefined ? {} : { bookmarkProperties: bookmarks }),
  };
}

function recordsItem(item: RecordsItem, { stream, map }: Projection): readonly RecordsItem[] {
  if (map === undefined) return [stream === item.stream ? item : { ...item, stream }];
  const records: JsonObject[] = [];
  for (const record of item.records) {
    const mapped = map(record);
    if (mapped !== undefined) records.push(mapped);
  }
  if (records.length === 0) return [];
  const bytes = Math.ceil((item.bytes * records.length) / item.records.length);
  return [{ ...item, stream, records, bytes }];
}

/**
 * Files of records are passed on only where records are not changed: Invariant 4 forbids to lose a map silently. Others
 * are read before they come here, see `mapAll`.
 */
function otherItem(
  body: JsonObject,
  projectionsOf: (stream: string) => readonly Projection[],
): readonly RecordItem[] {
  const { type, stream } = body;
  if (type !== 'BATCH' || typeof stream !== 'string') return [{ kind: 'other', body }];
  return projectionsOf(stream).map((projection) => {
    if (projection.map !== undefined) throw batchNotMapped(stream);
    return { kind: 'other', body: { ...body, stream: projection.stream } };
  });
}

function noSchema(stream: string) {
  return mapperError('no_schema', {
    message: `Records of the stream ${stream} came before its schema, so they cannot be mapped`,
    hint: 'the tap must send a SCHEMA message first; report it to its author',
    details: { stream },
  });
}

function batchNotMapped(stream: string) {
  return mapperError('batch', {
    message: `The stream ${stream} comes in files (BATCH), whose records were not read before they were to be mapped`,
    hint: 'map with mapAll, which reads them',
    details: { stream },
  });
}
