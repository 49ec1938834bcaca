import type { ColumnChunk, ColumnMetaData, FileMetaData, SchemaElement } from 'hyparquet';
import { isAnnotated } from './column-node.ts';
import { leafKind } from './leaf-kind.ts';

/** The metadata with which the library reads, so that values come as they are stored. */
export function storedMetadata(metadata: FileMetaData): FileMetaData {
  const unsigned = new Set(metadata.schema.filter(isUnsigned32).map(({ name }) => name));
  const row_groups = metadata.row_groups.map((group) => ({
    ...group,
    columns: group.columns.map((chunk) => storedChunk(chunk, unsigned)),
  }));
  return { ...metadata, schema: storedSchema(metadata.schema), row_groups };
}

/**
 * The schema with which the library reads: texts and lists keep their annotation, all else comes as it is stored,
 * so that no digit is lost on its way through a double or a date. A map comes as the list of its entries.
 */
function storedSchema(schema: readonly SchemaElement[]): SchemaElement[] {
  return schema.map((element) => {
    const { converted_type: _, logical_type: logical, ...plain } = element;
    if (logical?.type === 'VARIANT') return element;
    if ((element.num_children ?? 0) > 0)
      return isAnnotated(element, 'LIST') ? { ...plain, converted_type: 'LIST' } : plain;
    const { kind } = leafKind(element);
    return kind === 'text' || kind === 'json' ? { ...plain, converted_type: 'UTF8' } : plain;
  });
}

function isUnsigned32(element: SchemaElement): boolean {
  if (element.type !== 'INT32') return false;
  const leaf = leafKind(element);
  return leaf.kind === 'integer' && leaf.bits === 32 && !leaf.isSigned;
}

/**
 * DuckDB begins packed differences of unsigned numbers with one that needs 33 bits, which the library reads wrongly as
 * 32 bits, and rightly as 64.
 */
function storedChunk(chunk: ColumnChunk, unsigned: ReadonlySet<string>): ColumnChunk {
  const column = chunk.meta_data;
  if (column === undefined || !unsigned.has(column.path_in_schema.at(-1) ?? '')) return chunk;
  return isOnlyDelta(column) ? { ...chunk, meta_data: { ...column, type: 'INT64' } } : chunk;
}

function isOnlyDelta({ type, encodings }: ColumnMetaData): boolean {
  const ofValues = encodings.filter((encoding) => encoding !== 'RLE' && encoding !== 'BIT_PACKED');
  return type === 'INT32' && ofValues.length > 0 && ofValues.every((each) => each === 'DELTA_BINARY_PACKED');
}
