import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { columnNames } from '@meltano/sdk/csv/column-names';
import { type CsvRow, createCsvParser } from '@meltano/sdk/csv/csv-parser';
import { type ConvertText, textConverter } from '@meltano/sdk/file/convert-text';
import type { FileFormat, FileReadContext, FileRecords } from '@meltano/sdk/file/file-format';
import type { SourceFile } from '@meltano/sdk/file/source-file';
import { setMember } from '@meltano/sdk/schema/member';
import { filesError } from '../errors.ts';
import { dialectOf, dialectOptions } from './csv-dialect.ts';
import { csvFault } from './csv-fault.ts';
import { meantDelimiter, readHeader } from './csv-header.ts';

interface CsvConfig {
  readonly invalid_rows: 'fail' | 'skip';
}

/** Rows below a header of column names. Every column is text, unless the entry's own schema says otherwise. */
export const csvFormat: FileFormat<CsvConfig> = {
  options: dialectOptions,
  exact: true,
  untyped: true,
  async properties(file, entry) {
    const names = await readHeader(file, dialectOf(entry));
    return Object.fromEntries(names.map((name) => [name, { type: ['string', 'null'] }]));
  },
  async *read(file, entry, context) {
    const parser = createCsvParser(dialectOf(entry), csvFault(file.name));
    let reader: RowReader | undefined;
    const take = (rows: readonly CsvRow[]): FileRecords => {
      if (reader !== undefined) return reader.read(rows);
      const [header, ...others] = rows;
      if (header === undefined) return { records: [], lines: [] };
      const names = columnNames(header.fields);
      tellDelimiter(file, names, context);
      reader = createRowReader(file, names, context);
      return reader.read(others);
    };
    for await (const text of file.readText()) yield take(parser.push(text));
    yield take(parser.end());
    reader?.report();
  },
};

function tellDelimiter(
  file: SourceFile,
  header: readonly string[],
  { log }: FileReadContext<CsvConfig>,
): void {
  const meant = meantDelimiter(header);
  if (meant === undefined) return;
  const message = `${file.name} has one column, ${JSON.stringify(header[0])}: set the delimiter of the file to ${JSON.stringify(meant)} if these are several`;
  log.log('warning', message, { file: file.name });
}

interface RowReader {
  read(rows: readonly CsvRow[]): FileRecords;
  /** Says how many rows were left out. */
  report(): void;
}

function createRowReader(
  file: SourceFile,
  header: readonly string[],
  { config, properties, wanted, log }: FileReadContext<CsvConfig>,
): RowReader {
  const picked = header
    .map((name, at) => ({ name, at, convert: textConverter(properties[name]) }))
    .filter(({ name }) => wanted.has(name));
  let skipped = 0;
  let firstSkipped = 0;
  return {
    read(rows) {
      const records: JsonObject[] = [];
      const lines: number[] = [];
      for (const row of rows) {
        if (row.fields.length !== header.length) {
          if (config.invalid_rows === 'fail') throw ragged(file, row, header);
          if (skipped === 0) firstSkipped = row.line;
          skipped += 1;
          continue;
        }
        records.push(recordOf(row, picked));
        lines.push(row.line);
      }
      return { records, lines };
    },
    report() {
      if (skipped === 0) return;
      const message = `${file.name}: ${skipped} rows without ${header.length} fields were left out, the first on line ${firstSkipped}`;
      log.log('warning', message, { file: file.name, count: skipped, line: firstSkipped });
    },
  };
}

interface PickedColumn {
  readonly name: string;
  readonly at: number;
  readonly convert: ConvertText | undefined;
}

function recordOf(row: CsvRow, picked: readonly PickedColumn[]): JsonObject {
  const record: Record<string, JsonValue> = {};
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
