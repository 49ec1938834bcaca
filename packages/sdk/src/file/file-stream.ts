import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { s } from '../schema/schema.ts';
import { defineStream, type Stream, type StreamContext } from '../tap/stream.ts';
import { fileError } from './errors.ts';
import type { FileEntry } from './file-entry.ts';
import type { FileContext, FileFormat, FileRecords } from './file-format.ts';
import { readUnread } from './read-unread.ts';
import { addSourceColumns, sourceColumns, sourceProperties } from './source-columns.ts';
import type { SourceFile } from './source-file.ts';
import { uniteProperties } from './unite-properties.ts';

/** What makes one entry of `files` a stream. */
export interface FileStreamOptions<C> {
  readonly format: FileFormat<C>;
  readonly entry: FileEntry;
  readonly files: readonly SourceFile[];
  readonly addSourceColumns: boolean;
  readonly context: FileContext<C>;
}

/** One entry of `files` as a stream: all its files one after the other, their properties united. */
export async function fileStream<C>(options: FileStreamOptions<C>): Promise<Stream> {
  const { format, entry, files } = options;
  const own = await ownProperties(options);
  const properties = { ...sourceProperties(options.addSourceColumns, entry.onlyModified), ...own };
  return defineStream({
    name: entry.entity,
    keys: entry.keys,
    schema: s.of({ type: 'object', properties }),
    ...(format.exact ? { exact: true } : {}),
    ...(entry.onlyModified ? { replicationKey: sourceColumns.modified, ownBookmark: true } : {}),
    ...(!entry.onlyModified && entry.replicationKey !== undefined
      ? { replicationKey: entry.replicationKey }
      : {}),
    records: (context) => readUnread(entry, files, context, (file) => readFile(options, file, context)),
  });
}

async function ownProperties<C>({
  format,
  entry,
  files,
  context,
}: FileStreamOptions<C>): Promise<JsonObject> {
  const found: JsonObject[] = [];
  for (const file of files) found.push(await format.properties(file, entry, context));
  const united = uniteProperties(found);
  const properties = { ...united, ...entry.schema };
  assertProperties(entry, format.sampled === undefined ? united : properties, format.sampled);
  return properties;
}

function assertProperties(entry: FileEntry, properties: JsonObject, sampled: string | undefined): void {
  const wanted = [
    ...entry.keys,
    ...Object.keys(entry.schema),
    ...(entry.replicationKey === undefined ? [] : [entry.replicationKey]),
  ];
  const missing = wanted.filter((name) => !Object.hasOwn(properties, name));
  if (missing.length === 0) return;
  throw fileError('invalid_definition', {
    message: `The files of ${entry.entity} have no column ${missing.map((name) => `"${name}"`).join(', ')}`,
    hint: `the columns are ${Object.keys(properties).join(', ')}${sampled === undefined ? '' : `; ${sampled}`}`,
    details: { entity: entry.entity, missing },
  });
}

async function* readFile<C>(
  { format, entry, context }: FileStreamOptions<C>,
  file: SourceFile,
  { schema, columns, signal, log }: StreamContext,
): AsyncGenerator<readonly JsonObject[]> {
  const wanted = new Set(columns);
  const adds = Object.values(sourceColumns).some((name) => wanted.has(name));
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  for await (const some of format.read(file, entry, { ...context, log, signal, properties, wanted })) {
    yield adds ? withSource(some, wanted, file) : some.records;
    if (signal.aborted) return;
  }
}

function withSource(
  { records, lines }: FileRecords,
  wanted: ReadonlySet<string>,
  file: SourceFile,
): readonly JsonObject[] {
  return records.map((record, at) => {
    const source: Record<string, JsonValue> = {};
    addSourceColumns(source, wanted, file, lines[at] ?? 0);
    return { ...source, ...record };
  });
}
