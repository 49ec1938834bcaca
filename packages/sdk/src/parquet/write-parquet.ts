import { closeSync, openSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import type { SchemaElement } from 'hyparquet';
import { recordSize } from '../tap/record-size.ts';
import { UnfitValue, writtenColumn } from './written-column.ts';

/** A Parquet file that is being written: records are kept until they make a row group (Invariant 9). */
export interface ParquetFileWriter {
  write(records: readonly JsonObject[]): Promise<void>;
  /** Ends the file with its footer. */
  finish(): Promise<void>;
  /** Ends the writing without a footer: the file is of no use. */
  abandon(): void;
}

export interface WriteParquetOptions {
  readonly path: string;
  /** The stream's: its properties are the columns. */
  readonly schema: JsonObject;
  readonly compression: 'gzip' | 'none';
  /** Makes the error for a property that cannot be written, and why. */
  unfit(property: string, problem: string): Error;
}

const maxGroupRows = 50_000;
const maxGroupBytes = 16 * 1024 * 1024;

/** Makes the file. The library is loaded here, so that only who writes Parquet waits for it. */
export async function createParquetFile(options: WriteParquetOptions): Promise<ParquetFileWriter> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const columns = columnsOf(options);
  const names = new Set(columns.map(({ name }) => name));
  const file = openSync(options.path, 'w', 0o600);
  const output = Object.assign(new ByteWriter(), { flush: () => drain(), finish: () => drain() });
  const drain = () => {
    const written = output.getBytes();
    for (let at = 0; at < written.length; ) at += writeSync(file, written, at);
    output.index = 0;
  };
  const writer = new ParquetWriter({
    writer: output,
    schema: rootSchema(columns.map(({ column }) => column.elements)),
    codec: options.compression === 'gzip' ? 'GZIP' : 'UNCOMPRESSED',
    compressors: { GZIP: (bytes) => gzipSync(bytes) },
    statistics: false,
    createdBy: 'meltano',
  });
  let group = columns.map((): unknown[] => []);
  let rows = 0;
  let bytes = 0;

  const add = (record: JsonObject) => {
    for (const name in record)
      if (!names.has(name)) throw options.unfit(name, 'is not among the properties of its schema');
    columns.forEach(({ name, store }, at) =>
      group[at]?.push(store(Object.hasOwn(record, name) ? (record[name] ?? null) : null)),
    );
    rows += 1;
    bytes += recordSize(record);
  };

  const endGroup = async () => {
    if (rows === 0) return;
    await writer.write({
      columnData: columns.map(({ name }, at) => ({ name, data: group[at] ?? [], offsetIndex: false })),
      rowGroupSize: rows,
    });
    group = columns.map(() => []);
    rows = 0;
    bytes = 0;
  };

  return {
    async write(records) {
      for (const record of records) {
        add(record);
        if (rows >= maxGroupRows || bytes >= maxGroupBytes) await endGroup();
      }
    },
    async finish() {
      await endGroup();
      await writer.finish();
      closeSync(file);
    },
    abandon: () => closeSync(file),
  };
}

function columnsOf({ schema, unfit }: WriteParquetOptions) {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).map(([name, property]) => {
    const column = writtenColumn(name, property);
    const store = (value: JsonValue): unknown => {
      try {
        return column.store(value);
      } catch (error) {
        throw error instanceof UnfitValue ? unfit(name, error.message) : error;
      }
    };
    return { name, column, store };
  });
}

function rootSchema(columns: readonly (readonly SchemaElement[])[]): SchemaElement[] {
  return [{ name: 'schema', num_children: columns.length }, ...columns.flat()];
}
