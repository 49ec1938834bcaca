import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { s } from '@meltano/sdk/schema/schema';
import { defineStream, type Stream, type StreamContext } from '@meltano/sdk/tap/stream';
import { filesError } from '../errors.ts';
import type { FileEntry } from '../file-definition.ts';
import type { SourceFile } from '../find-files.ts';
import { readUnread } from '../read-unread.ts';
import { addSourceColumns, sourceColumns, sourceProperties } from '../source-columns.ts';
import { createSchemaSample } from './infer-schema.ts';
import { readJsonObjects } from './json-values.ts';

export interface JsonlStreamOptions {
  readonly addSourceColumns: boolean;
  /** Records per file; 0 for all. */
  readonly sampleRecords: number;
}

/** One entry of `files` as a stream: all its files one after the other, typed by a sample of each. */
export async function jsonlStream(
  entry: FileEntry,
  files: readonly SourceFile[],
  options: JsonlStreamOptions,
): Promise<Stream> {
  const sampled = { ...(await sampledProperties(entry, files, options.sampleRecords)), ...entry.schema };
  assertProperties(entry, sampled);
  return defineStream({
    name: entry.entity,
    keys: entry.keys,
    schema: s.of({
      type: 'object',
      properties: { ...sourceProperties(options.addSourceColumns, entry.onlyModified), ...sampled },
    }),
    ...(entry.onlyModified ? { replicationKey: sourceColumns.modified, ownBookmark: true } : {}),
    ...(!entry.onlyModified && entry.replicationKey !== undefined
      ? { replicationKey: entry.replicationKey }
      : {}),
    records: (context) =>
      readUnread(entry, files, context, (file) => readFile(file, entry.encoding, context)),
  });
}

async function sampledProperties(entry: FileEntry, files: readonly SourceFile[], limit: number) {
  const sample = createSchemaSample();
  for (const file of files) {
    let left = limit === 0 ? Number.POSITIVE_INFINITY : limit;
    for await (const records of readJsonObjects(file, entry.encoding)) {
      for (const { record } of records.slice(0, left)) sample.add(record);
      left -= records.length;
      if (left <= 0) break;
    }
  }
  return sample.properties();
}

function assertProperties(entry: FileEntry, properties: Readonly<Record<string, JsonValue>>): void {
  const wanted = [...entry.keys, ...(entry.replicationKey === undefined ? [] : [entry.replicationKey])];
  const missing = wanted.filter((name) => properties[name] === undefined);
  if (missing.length === 0) return;
  throw filesError('invalid_definition', {
    message: `The files of ${entry.entity} have no property ${missing.map((name) => `"${name}"`).join(', ')}`,
    hint: `the properties are ${Object.keys(properties).join(', ')}; raise sample_records if it comes late`,
    details: { entity: entry.entity, missing },
  });
}

async function* readFile(
  file: SourceFile,
  encoding: string,
  context: StreamContext,
): AsyncGenerator<readonly JsonObject[]> {
  const wanted = new Set(context.columns);
  const adds = Object.values(sourceColumns).some((name) => wanted.has(name));
  for await (const records of readJsonObjects(file, encoding)) {
    yield records.map(({ record, line }) => {
      if (!adds) return record;
      const more: Record<string, JsonValue> = { ...record };
      addSourceColumns(more, wanted, file, line);
      return more;
    });
    if (context.signal.aborted) return;
  }
}
