import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api';
import type { Log } from '@meltano/foundation/log';
import type { SourceTable } from '@meltano/sdk/sql-tap/sql-source';
import { sourceColumn } from './source-column.ts';

/** Tables and views of the file with their columns, in alphabetical order: four queries, however many tables. */
export async function reflectTables(connection: DuckDBConnection, log: Log): Promise<readonly SourceTable[]> {
  const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS();
  const here = 'database_name = current_database() AND NOT internal';
  const tables = await ask(
    `SELECT schema_name, table_name, FALSE AS is_view FROM duckdb_tables() WHERE ${here} AND NOT temporary` +
      ` UNION ALL SELECT schema_name, view_name, TRUE FROM duckdb_views() WHERE ${here} AND NOT temporary ORDER BY 1, 2`,
  );
  const columns = await ask(
    `SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE ${here} ORDER BY 1, 2, column_index`,
  );
  const keys = await ask(
    'SELECT schema_name, table_name, constraint_column_names FROM duckdb_constraints()' +
      " WHERE database_name = current_database() AND constraint_type = 'PRIMARY KEY'",
  );
  const types = await typesByName(connection, new Set(columns.map((row) => String(row['data_type']))));
  const columnsOf = Map.groupBy(columns, placeOf);
  const keyOf = new Map(
    keys.map((row) => [placeOf(row), row['constraint_column_names'] as readonly string[]]),
  );
  return tables.flatMap((table) => {
    const [schema, name] = [String(table['schema_name']), String(table['table_name'])];
    const own = columnsOf.get(placeOf(table)) ?? [];
    if (own.length === 0) {
      log.log(
        'warning',
        `The view ${schema}.${name} cannot be read, as what it is made of has changed; it is left out`,
      );
      return [];
    }
    return {
      schema,
      name,
      isView: table['is_view'] === true,
      keys: keyOf.get(placeOf(table)) ?? [],
      columns: own.map((row) =>
        sourceColumn(
          String(row['column_name']),
          types.get(String(row['data_type'])),
          row['is_nullable'] !== false,
        ),
      ),
    };
  });
}

function placeOf(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([row['schema_name'], row['table_name']]);
}

/** What DuckDB itself understands by its words for types; without those that it does not understand. */
async function typesByName(
  connection: DuckDBConnection,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, DuckDBType>> {
  const ask = async (some: readonly string[]) => {
    const result = await connection.run(`SELECT ${some.map((name) => `NULL::${name}`).join(', ')}`);
    return result.columnTypes().map((type, at) => [some[at] ?? '', type] as const);
  };
  const all = [...names];
  if (all.length === 0) return new Map();
  try {
    return new Map(await ask(all));
  } catch {
    const each = await Promise.all(all.map((name) => ask([name]).catch(() => [])));
    return new Map(each.flat());
  }
}
