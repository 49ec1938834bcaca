import type { FileMetaData, SchemaTree } from 'hyparquet';
import { contentError } from '../file/errors.ts';
import type { OpenFile } from '../file/source-file.ts';

export const incomplete = 'the file is not complete: copy or write it again';

/** Throws `files.invalid_content` for what does not begin and end as a plain Parquet file does. */
export async function assertParquet(file: OpenFile, name: string): Promise<void> {
  const magic = async (at: number) => Buffer.from(await file.read(at, at + 4)).toString('latin1');
  const problem = (text: string, hint: string) => contentError({ name }, { problem: text, hint });
  if (file.byteLength < 12) throw problem('is no Parquet file: it is too short', incomplete);
  const [first, last] = [await magic(0), await magic(file.byteLength - 4)];
  if (first === 'PARE' || last === 'PARE')
    throw problem(
      'is encrypted, and encrypted Parquet files are not read',
      'have it written without encryption',
    );
  if (first !== 'PAR1') throw problem('is no Parquet file', 'check the path: another tap may read this file');
  if (last !== 'PAR1') throw problem('ends without the footer that every Parquet file has', incomplete);
}

/** Throws for what is not read: encryption, columns in other files, LZO. */
export function assertReadable(metadata: FileMetaData, name: string): void {
  for (const { columns } of metadata.row_groups) {
    for (const { meta_data: column, crypto_metadata: crypto, file_path: path } of columns) {
      const at = `column "${column?.path_in_schema.join('.') ?? '?'}"`;
      const fail = (problem: string, hint: string) => contentError({ name }, { problem, hint });
      if (crypto !== undefined || column === undefined)
        throw fail(`has an encrypted ${at}`, 'have it written without encryption');
      if (path !== undefined) throw fail(`keeps ${at} in another file, ${path}`, 'read that file instead');
      if (column.codec === 'LZO')
        throw fail(`has ${at} packed with LZO`, 'have it written with another compression, such as zstd');
    }
  }
}

/** What the library takes for granted of a footer, and without which it drops failures that nobody sees. */
export function assertSound(metadata: FileMetaData, root: SchemaTree, file: OpenFile, name: string): void {
  const leaves = new Set(leafPaths(root));
  const counts = metadata.row_groups.map((group) => group.num_rows);
  if (counts.some((rows) => rows < 0) || counts.reduce((sum, rows) => sum + rows, 0n) !== metadata.num_rows)
    throw damaged(name, 'its row groups have not as many rows as it says');
  for (const { columns, num_rows: rows } of metadata.row_groups) {
    if (rows === 0n) continue;
    const seen = new Set<string>();
    for (const { meta_data: column } of columns) {
      if (column === undefined) continue;
      const path = pathText(column.path_in_schema);
      const start = Number(column.dictionary_page_offset || column.data_page_offset);
      const end = start + Number(column.total_compressed_size);
      if (!leaves.has(path) || seen.has(path)) throw damaged(name, 'describes columns that it has not');
      if (!isWithin(file, start, end))
        throw damaged(name, 'names a place beyond its end', column.path_in_schema[0]);
      seen.add(path);
    }
  }
}

function leafPaths({ children, path }: SchemaTree): readonly string[] {
  return children.length === 0 ? [pathText(path)] : children.flatMap(leafPaths);
}

function pathText(path: readonly string[]): string {
  return JSON.stringify(path);
}

export function isWithin({ byteLength }: OpenFile, start: number, end: number): boolean {
  return start >= 0 && start <= end && end <= byteLength;
}

export function damaged(name: string, what: string, column?: string, cause?: unknown) {
  return contentError(
    { name },
    { problem: `is damaged: ${what}${atColumn(column)}`, hint: 'copy the file or write it again', cause },
  );
}

export function atColumn(column: string | undefined): string {
  return column === undefined ? '' : `, column "${column}"`;
}
