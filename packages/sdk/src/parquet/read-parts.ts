import type { ColumnMetaData, RowGroup } from 'hyparquet';
import type { ColumnNode } from './column-node.ts';

/** Invariant 9: what of a row group is unpacked at a time, where its pages allow to read it in parts. */
const maxBytes = 16 * 1024 * 1024;
const maxValues = 1_000_000;

/** Rows of the file from 0; the end does not belong to them. */
export interface RowRange {
  readonly rowStart: number;
  readonly rowEnd: number;
}

/**
 * Cuts row groups into ranges that fit into memory. A page is unpacked as a whole, and again for every range that
 * touches it, so there are no more ranges than pages; columns of lists and structs are read with their row group.
 */
export function* readParts(groups: readonly RowGroup[], columns: readonly ColumnNode[]): Generator<RowRange> {
  const names = new Set(columns.map(({ name }) => name));
  const isFlat = columns.every(({ kind }) => kind === 'leaf');
  let start = 0;
  for (const group of groups) {
    const rows = Number(group.num_rows);
    const size = Math.max(1, Math.ceil(rows / (isFlat ? partCount(group, rows, names) : 1)));
    for (let from = 0; from < rows; from += size)
      yield { rowStart: start + from, rowEnd: start + Math.min(rows, from + size) };
    start += rows;
  }
}

function partCount(group: RowGroup, rows: number, names: ReadonlySet<string>): number {
  const columns = group.columns.flatMap(({ meta_data: column }) =>
    column !== undefined && names.has(column.path_in_schema[0] ?? '') ? [column] : [],
  );
  const bytes = columns.reduce((sum, column) => sum + sizeOf(column), 0);
  const wanted = Math.max(Math.ceil(bytes / maxBytes), Math.ceil((rows * columns.length) / maxValues));
  // The largest column is where the memory goes.
  const [largest] = columns.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  return Math.max(1, Math.min(wanted, largest === undefined ? 1 : pageCount(largest)));
}

function sizeOf(column: ColumnMetaData): number {
  return Number(column.total_uncompressed_size);
}

/** Pages of values, as far as the writer of the file has counted them. */
function pageCount({ encoding_stats: counts = [] }: ColumnMetaData): number {
  return counts.reduce(
    (sum, { page_type, count }) => sum + (page_type.startsWith('DATA_PAGE') ? count : 0),
    0,
  );
}
