import type { DuckDBAppender } from '@duckdb/node-api';
import { errorMessage } from '@meltano/foundation/errors';
import type { SqlConnection, TableName } from '@meltano/sdk/sql/dialect';
import { dataChunks } from './append.ts';
import { dialect, literal } from './dialect.ts';
import { duckdbError } from './errors.ts';
import { createMemoryRelief } from './memory-relief.ts';
import type { Database } from './open-database.ts';
import { outOfRoom } from './out-of-room.ts';

/**
 * DuckDB for `sqlTarget`. Rows that were appended stay in an appender until the next statement, which must
 * see them.
 */
export function createConnection(database: Database): SqlConnection {
  let open: { readonly table: string; readonly appender: DuckDBAppender } | undefined;

  const relieveMemory = createMemoryRelief();

  const settle = () => {
    if (open === undefined) return;
    const { appender } = open;
    open = undefined;
    attempt('append rows', () => appender.closeSync());
  };

  const appenderFor = async (table: TableName): Promise<DuckDBAppender> => {
    const key = JSON.stringify(table);
    if (open?.table === key) return open.appender;
    settle();
    const connection = await database.connect();
    const appender = await connection.createAppender(table.name, table.schema, table.catalog ?? null);
    open = { table: key, appender };
    return appender;
  };

  const query = async (sql: string) => {
    settle();
    const connection = await database.connect();
    try {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJS();
    } catch (cause) {
      throw failed(sql, cause);
    }
  };

  return {
    query,
    async execute(sql) {
      settle();
      const connection = await database.connect();
      try {
        await connection.run(sql);
        if (sql === 'COMMIT') await relieveMemory(connection);
      } catch (cause) {
        throw failed(sql, cause);
      }
    },
    async columns(table) {
      settle();
      const connection = await database.connect();
      const sql = columnsQuery(table);
      let rows: readonly Readonly<Record<string, unknown>>[];
      try {
        rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
      } catch (cause) {
        if (isMissingTable(cause)) return undefined;
        throw failed(sql, cause);
      }
      if (rows.length === 0) return undefined;
      return rows.map((row) => ({ name: row['name'] as string, type: row['type'] as string }));
    },
    async append(table, columns, values) {
      const appender = await appenderFor(table);
      attempt('append rows', () => {
        for (const chunk of dataChunks(columns, values)) {
          appender.appendDataChunk(chunk);
          // Its texts are memory that the garbage collector does not know of.
          chunk.reset();
        }
      });
    },
    async close() {
      // Rows that no statement has asked for are not wanted any more.
      open = undefined;
      database.close();
    },
  };
}

/**
 * Views such as duckdb_columns() list every table there is, which costs too much to ask once per stream; the function
 * that looks at one table understands no quotes inside of names.
 */
function columnsQuery({ schema, name }: TableName): string {
  if (!schema.includes('"') && !name.includes('"'))
    return `SELECT name, type FROM pragma_table_info(${literal(`${dialect.quote(schema)}.${dialect.quote(name)}`)})`;
  return (
    'SELECT column_name AS name, data_type AS type FROM duckdb_columns() WHERE database_name = current_database()' +
    ` AND lower(schema_name) = lower(${literal(schema)}) AND lower(table_name) = lower(${literal(name)}) ORDER BY column_index`
  );
}

/** DuckDB does not end a transaction at such an error. */
function isMissingTable(cause: unknown): boolean {
  return /^Catalog Error: .* does not exist/.test(errorMessage(cause));
}

function attempt(what: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw failed(what, cause);
  }
}

/** The statement is named by its first words; DuckDB's message says the rest. */
function failed(sql: string, cause: unknown) {
  const [message = ''] = errorMessage(cause).split('\n');
  return (
    outOfRoom(message, cause) ??
    duckdbError('statement_failed', {
      message: `DuckDB could not ${sql.slice(0, 120)}: ${message}`,
      hint: 'the table may have been made by another program; load into another schema with default_target_schema',
      cause,
    })
  );
}
