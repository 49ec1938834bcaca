import type { SourceFile } from '@meltano/sdk/file/source-file';
import { filesError } from '../errors.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { createCsvParser } from './csv-parser.ts';

/** The column names of a file: its first row, with nameless columns numbered and repeated names told apart. */
export async function readHeader(file: SourceFile, dialect: CsvDialect): Promise<readonly string[]> {
  const parser = createCsvParser(dialect, file.name);
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

export function columnNames(fields: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return fields.map((field, at) => {
    const plain = field.trim() === '' ? `column_${at + 1}` : field.trim();
    let name = plain;
    for (let number = 2; taken.has(name); number += 1) name = `${plain}_${number}`;
    taken.add(name);
    return name;
  });
}

/** What separates the names of a header that was read as one column, where it looks as if another delimiter were meant. */
export function meantDelimiter(header: readonly string[]): string | undefined {
  const [only = '', ...others] = header;
  return others.length > 0 ? undefined : /[;,\t|]/.exec(only)?.[0];
}
