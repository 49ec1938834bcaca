import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { errorMessage, isAppError } from '@meltano/foundation/errors';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { AsyncBuffer, Compressors, FileMetaData, ParquetParsers, ParquetScanOptions } from 'hyparquet';
import { contentError } from '../file/errors.ts';
import type { OpenFile } from '../file/source-file.ts';
import { setMember } from '../schema/member.ts';
import {
  assertParquet,
  assertReadable,
  assertSound,
  atColumn,
  damaged,
  incomplete,
  isWithin,
} from './check-footer.ts';
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
    const root = parquetSchema(metadata);
    assertSound(metadata, root, file, name);
    return {
      columns: root.children.map(columnNode),
      rows: Number(metadata.num_rows),
      read: (options) => named(name, readRows(file, name, metadata, options)),
    };
  });
}

/** What a damaged footer makes go wrong between columns is told with the file, too. */
async function* named(name: string, rows: AsyncIterable<ParquetRows>): AsyncGenerator<ParquetRows> {
  try {
    yield* rows;
  } catch (cause) {
    await attempt(name, () => Promise.reject(cause));
  }
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
  try {
    return bytes === undefined ? undefined : textDecoder.decode(bytes);
  } catch (cause) {
    throw new Error('a text is not valid UTF-8', { cause });
  }
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

/**
 * The library asks for several pieces at once and may drop some when one fails: each failure counts as seen, so that
 * it cannot end the process.
 */
function asyncBuffer(file: OpenFile, name: string): AsyncBuffer {
  const slice = async (start: number, end: number) => {
    if (!isWithin(file, start, end)) throw damaged(name, 'names a place beyond its end');
    const bytes = await file.read(start, end);
    if (bytes.byteLength === end - start) return bytes.buffer;
    throw contentError({ name }, { problem: 'is shorter than it says', hint: incomplete });
  };
  return {
    byteLength: file.byteLength,
    slice(start, end = file.byteLength) {
      const piece = slice(start, end);
      piece.catch(() => {});
      return piece;
    },
  };
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
    // Those that the language itself throws speak of the library's own variables.
    if (cause instanceof TypeError || cause instanceof RangeError || cause instanceof SyntaxError)
      throw damaged(name, 'its content cannot be made out', column, cause);
    throw contentError(
      { name },
      {
        problem: `cannot be read as Parquet${atColumn(column)}: ${errorMessage(cause)}`,
        hint: 'the file is damaged, or written in a way that is not read: write it again with another program',
        cause,
      },
    );
  }
}
