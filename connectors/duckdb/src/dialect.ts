import type { ColumnKind } from '@meltano/sdk/sql/column-kind';
import type { SqlColumn, SqlDialect, TableName } from '@meltano/sdk/sql/dialect';
import { statementsOf } from '@meltano/sdk/sql/statements';

const types: Readonly<Record<Exclude<ColumnKind['kind'], 'decimal'>, string>> = {
  boolean: 'BOOLEAN',
  integer: 'BIGINT',
  'big-integer': 'HUGEINT',
  double: 'DOUBLE',
  text: 'VARCHAR',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP WITH TIME ZONE',
  json: 'JSON',
};

const kinds: ReadonlyMap<string, { readonly kind: ColumnKind; readonly narrow: boolean }> = new Map([
  ...Object.entries(types).map(([kind, type]) => [type, exactly(kind as 'text')] as const),
  // An instant without its zone is kept as UTC in a column that somebody made so.
  ['TIMESTAMP', exactly('timestamp')],
  ...['TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT', 'UINTEGER'].map(
    (type) => [type, narrower('integer')] as const,
  ),
  ['UBIGINT', narrower('big-integer')],
  ['FLOAT', narrower('double')],
  ['UUID', narrower('text')],
]);

/** Other names that DuckDB has for types; a table never shows them, `x-sql-datatype` of a schema may. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ...['INT', 'INT4', 'SIGNED', 'INT8', 'LONG', 'INT2', 'SHORT', 'INT1'].map(
    (name) => [name, 'BIGINT'] as const,
  ),
  ...['TEXT', 'STRING', 'CHAR', 'BPCHAR'].map((name) => [name, 'VARCHAR'] as const),
  ...['REAL', 'FLOAT4', 'FLOAT8'].map((name) => [name, 'DOUBLE'] as const),
  ...['BOOL', 'LOGICAL'].map((name) => [name, 'BOOLEAN'] as const),
  ['TIMESTAMPTZ', 'TIMESTAMP WITH TIME ZONE'],
  ['DATETIME', 'TIMESTAMP'],
]);

function exactly(kind: Exclude<ColumnKind['kind'], 'decimal'>) {
  return { kind: { kind }, narrow: false };
}

function narrower(kind: Exclude<ColumnKind['kind'], 'decimal'>) {
  return { kind: { kind }, narrow: true };
}

export const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

export const dialect: SqlDialect = {
  label: 'DuckDB',
  maxIdentifierLength: 255,
  caseSensitive: false,
  defaultSchema: 'main',
  quote,
  typeOf: (kind) => (kind.kind === 'decimal' ? `DECIMAL(${kind.precision},${kind.scale})` : types[kind.kind]),
  kindOf(type) {
    const decimal = /^(?:DECIMAL|NUMERIC)\((\d+), ?(\d+)\)$/.exec(type);
    if (decimal !== null) {
      const kind: ColumnKind = { kind: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) };
      return { kind, narrow: false };
    }
    return type.startsWith('ENUM') ? narrower('text') : kinds.get(synonyms.get(type) ?? type);
  },
  alterType: (table, from, to) =>
    `ALTER TABLE ${name(table)} ALTER COLUMN ${quote(from.name)} SET DATA TYPE ${to.type}`,
  // Statements that change tables are part of a transaction in DuckDB: a reader sees the old table or the new one.
  swap: (table, replacement) => [
    `DROP TABLE IF EXISTS ${name(table)}`,
    `COMMENT ON TABLE ${name(replacement)} IS NULL`,
    `ALTER TABLE ${name(replacement)} RENAME TO ${quote(table.name)}`,
  ],
  markLoading: (table) => `COMMENT ON TABLE ${name(table)} IS ${literal(loadingMark)}`,
  findLoading: (table) =>
    'SELECT 1 FROM duckdb_tables() WHERE database_name = current_database()' +
    ` AND lower(schema_name) = lower(${literal(table.schema)}) AND lower(table_name) = lower(${literal(table.name)})` +
    ` AND comment = ${literal(loadingMark)}`,
  // Temporary tables are not compressed and not written to the file.
  staging: ({ schema, name: table }) => ({ catalog: 'temp', schema: 'main', name: `${schema}.${table}` }),
  createStaging: (staging, columns) => [
    `CREATE OR REPLACE TEMP TABLE ${quote(staging.name)} (${columns.map(columnDefinition).join(', ')})`,
  ],
};

const loadingMark = 'Rows that target-duckdb has not finished loading; replaced by its next run';

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function name(table: TableName): string {
  return statementsOf(dialect).table(table);
}

function columnDefinition(column: SqlColumn): string {
  return `${quote(column.name)} ${column.type}`;
}
