import type { DuckDBType } from '@duckdb/node-api';
import type { SourceColumn } from '@meltano/sdk/sql-tap/sql-source';
import { quote } from './dialect.ts';
import { sourceType } from './source-type.ts';

/** What a column is; one whose type has no equivalent is read as DuckDB's text. Undefined: a type that has no name. */
export function sourceColumn(name: string, type: DuckDBType | undefined, nullable: boolean): SourceColumn {
  const known = type === undefined ? undefined : sourceType(type);
  if (known !== undefined) {
    const { schema, ordered } = known;
    return { name, type: String(type), nullable, schema, ordered };
  }
  return {
    name,
    type: 'VARCHAR',
    nullable,
    schema: { type: ['string'] },
    ordered: false,
    expression: `CAST(${quote(name)} AS VARCHAR)`,
    note: `has the type ${String(type ?? 'unknown')}, which is read as text`,
  };
}
