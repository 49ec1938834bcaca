import { columnNames } from '@meltano/sdk/csv/column-names';
import type { CsvDialect } from '@meltano/sdk/csv/csv-dialect';
import { createCsvParser } from '@meltano/sdk/csv/csv-parser';
import type { SourceFile } from '@meltano/sdk/file/source-file';
import { filesError } from '../errors.ts';
import { csvFault } from './csv-fault.ts';

/** The column names of a file: its first row, with nameless columns numbered and repeated names told apart. */
export async function readHeader(file: SourceFile, dialect: CsvDialect): Promise<readonly string[]> {
  const parser = createCsvParser(dialect, csvFault(file.name));
  for await (const text of file.readText()) {
    const [first] = parser.push(text);
    if (first !== undefined) return columnNames(first.fields);
  }
  const [first] = parser.end();
  if (first !== undefined) return columnNames(first.fields);
  throw filesError('no_header', {
    message: `${file.name} is empty: it has no line with column names`,
    hint: 'remove the file from the path, or give it a first line with the names of its columns',
    place: { file: file.name, line: 1 },
  });
}

/** What separates the names of a header that was read as one column, where it looks as if another delimiter were meant. */
export function meantDelimiter(header: readonly string[]): string | undefined {
  const [only = '', ...others] = header;
  return others.length > 0 ? undefined : /[;,\t|]/.exec(only)?.[0];
}
