import { DuckDBInstance } from '@duckdb/node-api';
import { ExactNumber, type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import { literal, quote } from './dialect.ts';

/** Runs a query on a file that may be open in this process, with values as `targetSuite` wants them. */
export async function readRows(path: string, sql: string): Promise<readonly JsonObject[]> {
  const instance = await DuckDBInstance.fromCache(path, { memory_limit: '512MB' });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const reader = await connection.runAndReadAll(sql);
    const types = reader.columnTypes().map((type) => type.alias ?? type.toString());
    const names = reader.columnNames();
    return reader
      .getRowsJson()
      .map((row) =>
        Object.fromEntries(
          row.map((value, at) => [names[at]?.toLowerCase() ?? '', valueOf(value, types[at] ?? '')]),
        ),
      );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** All rows of a table; none when it does not exist. */
export async function readTable(path: string, table: string): Promise<readonly JsonObject[]> {
  const found = await readRows(path, `SELECT 1 FROM duckdb_tables() WHERE table_name = ${literal(table)}`);
  return found.length === 0 ? [] : readRows(path, `SELECT * FROM ${quote(table)}`);
}

function valueOf(value: unknown, type: string): JsonValue {
  if (value === null) return null;
  if (/INT|DECIMAL/.test(type)) return new ExactNumber(String(value as string));
  if (type.startsWith('TIMESTAMP')) {
    return (value as string)
      .replace(' ', 'T')
      .replace(/(\.\d*?)0+(?=\+|$)/, '$1')
      .replace(/\.?\+00$/, 'Z');
  }
  if (typeof value === 'string' && type === 'JSON') return parseJson(value);
  return value as JsonValue;
}
