import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { isJsonObject } from '@meltano/foundation/json';
import { setMember } from '@meltano/sdk/schema/member';
import { s } from '@meltano/sdk/schema/schema';
import { defineStream, type Stream, type StreamContext } from '@meltano/sdk/tap/stream';
import { type ConvertText, textConverter } from '../convert-text.ts';
import { filesError } from '../errors.ts';
import type { SourceFile } from '../find-files.ts';
import { readText } from '../read-text.ts';
import { readUnread } from '../read-unread.ts';
import { addSourceColumns, sourceColumns, sourceProperties } from '../source-columns.ts';
import type { CsvEntry } from './csv-config.ts';
import { columnNames, readHeader } from './csv-header.ts';
import { type CsvRow, createCsvParser } from './csv-parser.ts';

export interface CsvStreamOptions {
  readonly addSourceColumns: boolean;
  readonly invalidRows: 'fail' | 'skip';
}

/** One entry of `files` as a stream: all its files one after the other, their columns united. */
export async function csvStream(
  entry: CsvEntry,
  files: readonly SourceFile[],
  options: CsvStreamOptions,
): Promise<Stream> {
  const columns = await unitedColumns(entry, files);
  assertColumns(entry, columns);
  return defineStream({
    name: entry.entity,
    keys: entry.keys,
    schema: s.of(schemaOf(entry, columns, options)),
    exact: true,
    ...(entry.onlyModified ? { replicationKey: sourceColumns.modified, ownBookmark: true } : {}),
    ...(!entry.onlyModified && entry.replicationKey !== undefined
      ? { replicationKey: entry.replicationKey }
      : {}),
    records: (context) =>
      readUnread(entry, files, context, (file) => readFile(entry, file, options, context)),
  });
}

async function unitedColumns(entry: CsvEntry, files: readonly SourceFile[]): Promise<readonly string[]> {
  const columns = new Set<string>();
  for (const file of files) {
    for (const name of await readHeader(file, entry.format, entry.encoding)) columns.add(name);
  }
  return [...columns];
}

function assertColumns(entry: CsvEntry, columns: readonly string[]): void {
  const wanted = [
    ...entry.keys,
    ...Object.keys(entry.schema),
    ...(entry.replicationKey ? [entry.replicationKey] : []),
  ];
  const missing = wanted.filter((name) => !columns.includes(name));
  if (missing.length === 0) return;
  throw filesError('invalid_definition', {
    message: `The files of ${entry.entity} have no column ${missing.map((name) => `"${name}"`).join(', ')}`,
    hint: `the columns are ${columns.join(', ')}`,
    details: { entity: entry.entity, missing },
  });
}

/** Every column is text, unless the entry's own schema says otherwise. */
function schemaOf(entry: CsvEntry, columns: readonly string[], options: CsvStreamOptions): JsonObject {
  const source = sourceProperties(options.addSourceColumns, entry.onlyModified);
  const own = columns.map((name): [string, JsonValue] => [
    name,
    entry.schema[name] ?? { type: ['string', 'null'] },
  ]);
  return { type: 'object', properties: { ...source, ...Object.fromEntries(own) } };
}

async function* readFile(
  entry: CsvEntry,
  file: SourceFile,
  options: CsvStreamOptions,
  context: StreamContext,
): AsyncGenerator<readonly JsonObject[]> {
  const parser = createCsvParser(entry.format, file.name);
  let reader: RowReader | undefined;
  const take = (rows: readonly CsvRow[]): readonly JsonObject[] => {
    if (reader !== undefined) return reader.read(rows);
    const [header, ...others] = rows;
    if (header === undefined) return [];
    reader = createRowReader(file, columnNames(header.fields), options, context);
    return reader.read(others);
  };
  for await (const text of readText(file, entry.encoding)) {
    yield take(parser.push(text));
    if (context.signal.aborted) return;
  }
  yield take(parser.end());
  reader?.report();
}

interface RowReader {
  read(rows: readonly CsvRow[]): readonly JsonObject[];
  /** Says how many rows were left out. */
  report(): void;
}

function createRowReader(
  file: SourceFile,
  header: readonly string[],
  options: CsvStreamOptions,
  context: StreamContext,
): RowReader {
  const properties = isJsonObject(context.schema['properties']) ? context.schema['properties'] : {};
  const wanted = new Set(context.columns);
  const picked = header
    .map((name, at) => ({ name, at, convert: textConverter(properties[name]) }))
    .filter(({ name }) => wanted.has(name));
  let skipped = 0;
  let firstSkipped = 0;
  return {
    read(rows) {
      const records: JsonObject[] = [];
      for (const row of rows) {
        if (row.fields.length !== header.length) {
          if (options.invalidRows === 'fail') throw ragged(file, row, header);
          if (skipped === 0) firstSkipped = row.line;
          skipped += 1;
          continue;
        }
        records.push(recordOf(row, picked, wanted, file));
      }
      return records;
    },
    report() {
      if (skipped === 0) return;
      const message = `${file.name}: ${skipped} rows without ${header.length} fields were left out, the first on line ${firstSkipped}`;
      context.log.log('warning', message, { file: file.name, count: skipped, line: firstSkipped });
    },
  };
}

function recordOf(
  row: CsvRow,
  picked: readonly {
    readonly name: string;
    readonly at: number;
    readonly convert: ConvertText | undefined;
  }[],
  wanted: ReadonlySet<string>,
  file: SourceFile,
): JsonObject {
  const record: Record<string, JsonValue> = {};
  addSourceColumns(record, wanted, file, row.line);
  for (const { name, at, convert } of picked) {
    const text = row.fields[at] ?? '';
    setMember(record, name, convert === undefined ? text : convert(text));
  }
  return record;
}

function ragged(file: SourceFile, row: CsvRow, header: readonly string[]) {
  return filesError('ragged_row', {
    message: `${file.name}:${row.line} has ${row.fields.length} fields, but the header has ${header.length}`,
    hint: 'correct the line (is a field with a delimiter unquoted?), or set invalid_rows to skip',
    place: { file: file.name, line: row.line },
    details: { expected: header.length, found: row.fields.length },
  });
}
