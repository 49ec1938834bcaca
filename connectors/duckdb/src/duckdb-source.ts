import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import type { JsonValue } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { setMember } from '@meltano/sdk/schema/member';
import type { SourceColumn, SqlSource } from '@meltano/sdk/sql-tap/sql-source';
import { readFailure } from './read-failure.ts';
import { reflectTables } from './reflect-tables.ts';
import { sourceColumn } from './source-column.ts';
import { type SourceType, sourceType } from './source-type.ts';

/**
 * A DuckDB file for `sqlTap`. It is open for reading only, so nobody can change it meanwhile: all reads see one
 * snapshot. Each read has a connection of its own, as a connection has one result at a time.
 */
export function createSource(instance: DuckDBInstance, log: Log): SqlSource {
  const withConnection = async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const connection = await openConnection(instance);
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  };
  return {
    exact: true,
    tables: () => withConnection((connection) => reflectTables(connection, log)),
    describe: (sql) =>
      withConnection(async (connection) => {
        const result = await connection.run(`SELECT * FROM (\n${sql}\n) LIMIT 0`);
        const types = result.columnTypes();
        return result.columnNames().map((name, at) => sourceColumn(name, types[at], true));
      }),
    async *read({ sql, parameters }, { columns, signal, onNotNumber }) {
      const connection = await openConnection(instance);
      const interrupt = () => connection.interrupt();
      signal.addEventListener('abort', interrupt);
      let open: DuckDBResult | undefined;
      try {
        await connection.run('BEGIN');
        const result = await connection.stream(sql, [...parameters]);
        open = result;
        const readers = columnReaders(columns, result, onNotNumber);
        for (;;) {
          const chunk = await result.fetchChunk();
          if (chunk === null || chunk.rowCount === 0) {
            open = undefined;
            await assertWhole(connection);
            return;
          }
          yield recordsOf(chunk, readers);
          // Its texts are memory that the garbage collector does not know of.
          chunk.reset();
        }
      } catch (cause) {
        if (!signal.aborted) throw readFailure(sql, parameters, cause);
      } finally {
        signal.removeEventListener('abort', interrupt);
        if (open !== undefined) await abandon(connection, open);
        connection.closeSync();
      }
    },
    async close() {
      instance.closeSync();
    },
  };
}

async function openConnection(instance: DuckDBInstance): Promise<DuckDBConnection> {
  const connection = await instance.connect();
  // Bookmarks without offset are UTC.
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/**
 * A result that fails in the middle looks as if it had ended there; only its transaction knows, and refuses any
 * further statement (Invariant 4).
 */
async function assertWhole(connection: DuckDBConnection): Promise<void> {
  await connection.run('SELECT 1');
  await connection.run('COMMIT');
}

/**
 * Ends a result that was not read to its end. A result lets go of the database at its last row or at an error; until
 * then the file cannot be opened again in this process: DuckDB would hang.
 */
async function abandon(connection: DuckDBConnection, result: DuckDBResult): Promise<void> {
  connection.interrupt();
  for (;;) {
    const chunk = await result.fetchChunk().catch(() => null);
    if (chunk === null || chunk.rowCount === 0) return;
  }
}

interface ColumnReader {
  readonly name: string;
  readonly convert: SourceType['convert'];
}

function columnReaders(
  columns: readonly SourceColumn[],
  result: DuckDBResult,
  onNotNumber: (column: string) => void,
): readonly ColumnReader[] {
  return columns.map(({ name }, at) => {
    const type = sourceType(result.columnType(at), () => onNotNumber(name));
    return { name, convert: type?.convert ?? String };
  });
}

function recordsOf(chunk: DuckDBDataChunk, readers: readonly ColumnReader[]): Record<string, JsonValue>[] {
  const records = Array.from({ length: chunk.rowCount }, (): Record<string, JsonValue> => ({}));
  for (const [at, { name, convert }] of readers.entries()) {
    const vector = chunk.getColumnVector(at);
    for (const [row, record] of records.entries()) {
      const value = vector.getItem(row);
      setMember(record, name, value === null ? null : convert(value));
    }
  }
  return records;
}
