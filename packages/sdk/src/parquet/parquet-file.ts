import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { errorMessage, isAppError } from '@meltano/foundation/errors';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { AsyncBuffer, Compressors, FileMetaData, ParquetParsers, ParquetScanOptions } from 'hyparquet';
import { contentError } from '../file/errors.ts';
import type { OpenFile } from '../file/source-file.ts';
import { setMember } from '../schema/member.ts';
import { type ColumnNode, columnNode } from './column-node.ts';
import { columnConverter, type ValueCounts } from './column-values.ts';
import { type RowRange, readParts } from './read-parts.ts';
import { storedMetadata } from './stored-metadata.ts';
import { dayText, instantText } from './time-text.ts';

/** A Parquet file that can be read; the open file stays the caller's to close. */
export interface ParquetFile {
  readonly columns: readonly ColumnNode[];
  readonly rows: number;
  read(options?: ParquetReadOptions): AsyncIterable<ParquetRows>;
}

export interface ParquetReadOptions {
  /** JSON Schemas of the wanted columns by name; others are not read. Default: all. */
  readonly properties?: JsonObject;
}

/** At most 2,000 rows. */
export interface ParquetRows {
  readonly records: readonly JsonObject[];
  /** The number of the first row in the file, from 1. */
  readonly firstRow: number;
  /** NaN and Infinity among the values, read as null. */
  readonly notNumbers: number;
}

const rowsPerYield = 2_000;
/**
 * Reads the footer of a Parquet file. The library is loaded here, so that only who meets such a file waits for it.
 * Throws `files.invalid_content` for a file that is no whole, plain Parquet file.
 */
export async function openParquet(file: OpenFile, name: string): Promise<ParquetFile> {
  await assertParquet(file, name);
  return attempt(name, async () => {
    const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
    const metadata = await parquetMetadataAsync(asyncBuffer(file, name), { geoparquet: false });
    assertReadable(metadata, name);
    return {
      columns: parquetSchema(metadata).children.map(columnNode),
      rows: Number(metadata.num_rows),
      read: (options) => readRows(file, name, metadata, options),
    };
  });
}

async function* readRows(
  file: OpenFile,
  name: string,
  metadata: FileMetaData,
  { properties }: ParquetReadOptions = {},
): AsyncGenerator<ParquetRows> {
  const { parquetScan, parquetSchema } = await import('hyparquet');
  const counts: ValueCounts = { notNumbers: 0 };
  const columns = parquetSchema(metadata)
    .children.map(columnNode)
    .filter((node) => properties === undefined || Object.hasOwn(properties, node.name))
    .map((node) => ({ node, convert: columnConverter(node, properties?.[node.name], counts) }));
  const nodes = columns.map(({ node }) => node);
  const options = await scanOptions(file, name, metadata, nodes);

  /** One column after the other, so that the packed bytes of one are in memory, not of all. */
  const readPart = async (part: RowRange): Promise<readonly ArrayLike<unknown>[]> => {
    // A scan keeps what it has read last: another one for each part lets go of it.
    const scan = await parquetScan(options);
    const data: ArrayLike<unknown>[] = [];
    for (const { name: column } of nodes) {
      const values = await attempt(name, () => scan.readColumn({ column, ...part }), column);
      // Invariant 4: what the library did not find is no row of nulls.
      if (values.length !== part.rowEnd - part.rowStart) throw tooFew(name, column);
      data.push(values);
    }
    return data;
  };

  for (const part of readParts(metadata.row_groups, nodes)) {
    const data = await readPart(part);
    const recordAt = (row: number): JsonObject => {
      const record: Record<string, JsonValue> = {};
      columns.forEach(({ node, convert }, at) => setMember(record, node.name, convert(data[at]?.[row])));
      return record;
    };
    const count = part.rowEnd - part.rowStart;
    for (let from = 0; from < count; from += rowsPerYield) {
      const length = Math.min(rowsPerYield, count - from);
      counts.notNumbers = 0;
      const records = await attempt(name, async () => Array.from({ length }, (_, at) => recordAt(from + at)));
      yield { records, firstRow: part.rowStart + from + 1, notNumbers: counts.notNumbers };
    }
  }
}

async function scanOptions(
  file: OpenFile,
  name: string,
  metadata: FileMetaData,
  columns: readonly ColumnNode[],
): Promise<ParquetScanOptions> {
  return {
    file: asyncBuffer(file, name),
    metadata: storedMetadata(metadata),
    columns: columns.map((column) => column.name),
    compressors: await loadCompressors(),
    parsers: textParsers,
    utf8: false,
    geoparquet: false,
  };
}

const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : textDecoder.decode(bytes);
}

/** What the library itself makes of values: texts, INT96, and what is inside of a VARIANT. */
const textParsers: Partial<ParquetParsers> = {
  stringFromBytes: decodeText,
  dateFromDays: dayText,
  timestampFromMilliseconds: (count) => instantText(BigInt(count), 3),
  timestampFromMicroseconds: (count) => instantText(BigInt(count), 6),
  timestampFromNanoseconds: (count) => instantText(BigInt(count), 9),
};

let loading: Promise<Compressors> | undefined;

/** Node's own where it has them, which are compiled. */
function loadCompressors(): Promise<Compressors> {
  loading ??= import('hyparquet-compressors').then(({ compressors }) => ({
    ...compressors,
    GZIP: (packed) => gunzipSync(packed),
    BROTLI: (packed) => brotliDecompressSync(packed),
    ZSTD: (packed) => zstdDecompressSync(packed),
  }));
  return loading;
}

function asyncBuffer(file: OpenFile, name: string): AsyncBuffer {
  return {
    byteLength: file.byteLength,
    async slice(start, end = file.byteLength) {
      const bytes = await file.read(start, end);
      if (bytes.byteLength === end - start) return bytes.buffer;
      throw contentError({ name }, { problem: 'is shorter than it says', hint: incomplete });
    },
  };
}

const incomplete = 'the file is not complete: copy or write it again';

async function assertParquet(file: OpenFile, name: string): Promise<void> {
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

function assertReadable(metadata: FileMetaData, name: string): void {
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

function tooFew(name: string, column: string) {
  return contentError(
    { name },
    { problem: `has fewer values of column "${column}" than rows`, hint: incomplete },
  );
}

/** What the library throws says little of where: file and column are added. */
async function attempt<T>(name: string, work: () => Promise<T>, column?: string): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw contentError(
      { name },
      {
        problem: `cannot be read as Parquet${column === undefined ? '' : `, column "${column}"`}: ${errorMessage(cause)}`,
        hint: 'the file is damaged, or written in a way that is not read: write it again with another program',
        cause,
      },
    );
  }
}
