import { errorMessage, isAppError } from '@meltano/foundation/errors';
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
  /** The format's name for people. */
  readonly label: string;
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
  label,
  entry,
  files,
  context,
}: FileStreamOptions<C>): Promise<JsonObject> {
  const found: JsonObject[] = [];
  for (const file of files) {
    try {
      found.push(await format.properties(file, entry, context));
    } catch (error) {
      throw formatFailure(error, file, label);
    }
  }
  const united = uniteProperties(found);
  const properties = { ...united, ...entry.schema };
  assertProperties(entry, format.sampled === undefined ? united : properties, format.sampled);
  if (format.untyped) assertOrder(entry);
  return properties;
}

/** As text "100" comes before "99": records with it would be taken for old, and never be read. */
function assertOrder({ entity, replicationKey: key, onlyModified, schema }: FileEntry): void {
  if (key === undefined || onlyModified || saysType(schema[key])) return;
  const written = (type: string) => `"schema": {${JSON.stringify(key)}: ${type}}`;
  throw fileError('invalid_definition', {
    message: `The replication key "${key}" of ${entity} has no type, and as text "100" is less than "99"`,
    hint:
      `add to the entry ${written('{"type": ["integer", "null"]}')} if it holds whole numbers, with "number" for others, ` +
      `${written('{"type": ["string", "null"], "format": "date-time"}')} if it holds ISO times, ` +
      'or {"type": "string"} if it is text that grows in the order of its characters',
    details: { entity, replicationKey: key },
  });
}

function saysType(property: JsonValue | undefined): boolean {
  const says = ['type', 'format', 'anyOf', 'oneOf'];
  return isJsonObject(property) && says.some((keyword) => property[keyword] !== undefined);
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
  { format, label, entry, context }: FileStreamOptions<C>,
  file: SourceFile,
  { schema, columns, signal, log }: StreamContext,
): AsyncGenerator<readonly JsonObject[]> {
  const wanted = new Set(columns);
  const adds = Object.values(sourceColumns).some((name) => wanted.has(name));
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  try {
    for await (const some of format.read(file, entry, { ...context, log, signal, properties, wanted })) {
      yield adds ? withSource(some, wanted, file) : some.records;
      if (signal.aborted) return;
    }
  } catch (error) {
    throw formatFailure(error, file, label);
  }
}

/** What a format throws by mistake is told with the file; an error that was made for people stays as it is. */
function formatFailure(cause: unknown, file: SourceFile, label: string) {
  if (isAppError(cause)) return cause;
  return fileError('format_failed', {
    message: `${file.name} could not be read as ${label}: ${errorMessage(cause)}`,
    hint: 'it may be that the file is of another format, or a mistake of the connector, which gives no reason of its own',
    place: { file: file.name },
    details: { format: label },
    cause,
  });
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
