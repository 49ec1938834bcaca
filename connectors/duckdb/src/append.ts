import {
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBVector,
  HUGEINT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import type { SqlColumn } from '@meltano/sdk/sql/dialect';
import type { SqlValue } from '@meltano/sdk/sql/encode';

/** DuckDB takes values in chunks of at most this many rows. */
const chunkRows = 2_048;

/** Columns of values as data chunks. */
export function* dataChunks(
  columns: readonly SqlColumn[],
  values: readonly (readonly SqlValue[])[],
): Generator<DuckDBDataChunk> {
  const types = columns.map(typeOf);
  const rows = values[0]?.length ?? 0;
  for (let start = 0; start < rows; start += chunkRows) {
    const count = Math.min(chunkRows, rows - start);
    const chunk = DuckDBDataChunk.create(types, count);
    for (const [at, column] of columns.entries()) {
      fillVector(chunk.getColumnVector(at), column, values[at] ?? [], start, count);
    }
    yield chunk;
  }
}

function typeOf(column: SqlColumn): DuckDBType {
  switch (column.kind.kind) {
    case 'boolean':
      return BOOLEAN;
    case 'integer':
      return BIGINT;
    case 'big-integer':
      return HUGEINT;
    case 'double':
      return DOUBLE;
    case 'decimal':
      return DECIMAL(column.kind.precision, column.kind.scale);
    case 'date':
      return DATE;
    case 'time':
      return TIME;
    case 'timestamp':
      return column.type === 'TIMESTAMP' ? TIMESTAMP : TIMESTAMPTZ;
    case 'text':
    case 'json':
      return VARCHAR;
  }
}

type AnyVector = DuckDBVector & { setItem(index: number, value: unknown): void; flush(): void };

function fillVector(
  target: DuckDBVector,
  column: SqlColumn,
  values: readonly SqlValue[],
  start: number,
  count: number,
): void {
  const vector = target as AnyVector;
  const convert = converterOf(column);
  for (let row = 0; row < count; row += 1) {
    const value = values[start + row] ?? null;
    vector.setItem(row, value === null ? null : convert(value));
  }
  vector.flush();
}

/** A vector reads the value at once, so one object serves all rows of a column. */
function converterOf(column: SqlColumn): (value: Exclude<SqlValue, null>) => unknown {
  switch (column.kind.kind) {
    case 'integer':
    case 'big-integer':
      return (value) => (typeof value === 'bigint' ? value : BigInt(value));
    case 'decimal':
      return boxed('value');
    case 'date':
      return boxed('days');
    case 'time':
    case 'timestamp':
      return boxed('micros');
    default:
      return (value) => value;
  }
}

function boxed(member: string): (value: unknown) => unknown {
  const box: Record<string, unknown> = {};
  return (value) => {
    box[member] = value;
    return box;
  };
}
