import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import type { Catalog, CatalogStream, MetadataEntry, ReplicationMethod } from '@meltano/singer/catalog';
import type { Stream } from './stream.ts';

/** The catalog of streams, as `--discover` prints it; the order is that of the streams. */
export function discoveredCatalog(streams: readonly Stream[]): Catalog {
  return { streams: streams.map(catalogEntry) };
}

/** What a discovery says of one stream. */
export function catalogEntry(stream: Stream): CatalogStream {
  return {
    tap_stream_id: stream.name,
    stream: stream.name,
    ...(stream.replicationKey === undefined ? {} : { replication_key: stream.replicationKey }),
    replication_method: defaultMethod(stream),
    key_properties: stream.keys ?? [],
    schema: stream.schema.json,
    metadata: [...propertyMetadata(stream), rootMetadata(stream)],
  };
}

export function defaultMethod(stream: Stream): ReplicationMethod {
  if (stream.logBased) return 'LOG_BASED';
  return stream.replicationKey === undefined ? 'FULL_TABLE' : 'INCREMENTAL';
}

export function validReplicationKeys(stream: Stream): readonly string[] {
  return stream.validReplicationKeys ?? (stream.replicationKey === undefined ? [] : [stream.replicationKey]);
}

function rootMetadata(stream: Stream): MetadataEntry {
  const valid = validReplicationKeys(stream);
  return {
    breadcrumb: [],
    metadata: {
      inclusion: 'available',
      'selected-by-default': stream.selectedByDefault ?? true,
      'table-key-properties': stream.keys ?? [],
      ...parentMetadata(stream),
      ...(valid.length === 0 && !stream.logBased
        ? { 'forced-replication-method': 'FULL_TABLE' }
        : { 'valid-replication-keys': valid }),
      ...stream.metadata,
    },
  };
}

function propertyMetadata(stream: Stream): readonly MetadataEntry[] {
  const automatic = new Set([...(stream.keys ?? []), stream.replicationKey]);
  const entries: MetadataEntry[] = [];
  const visit = (schema: JsonObject, path: readonly string[]) => {
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
    for (const [name, property] of Object.entries(properties)) {
      const breadcrumb = [...path, 'properties', name];
      const inclusion = path.length === 0 && automatic.has(name) ? 'automatic' : 'available';
      entries.push({ breadcrumb, metadata: { inclusion } });
      if (isJsonObject(property)) visit(property, breadcrumb);
    }
  };
  visit(stream.schema.json, []);
  return entries;
}

/** As taps of singer-io name it. */
function parentMetadata({ parents = [] }: Stream): JsonObject {
  const [parent] = parents;
  return parent === undefined ? {} : { 'parent-tap-stream-id': parent.stream };
}
