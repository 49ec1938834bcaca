import { targetError } from '../target/errors.ts';
import { sameKind } from './column-kind.ts';
import type { SqlColumn, SqlDialect, TableName } from './dialect.ts';
import type { SchemaContract } from './schema-contract.ts';
import type { PlannedColumn } from './stream-plan.ts';
import { foldName } from './table-shape.ts';
import { widen } from './widen.ts';

export interface Agreement {
  readonly stream: string;
  readonly table: TableName;
  readonly dialect: SqlDialect;
  readonly contract: SchemaContract;
}

type Existing = readonly Pick<SqlColumn, 'name' | 'type'>[];

/**
 * What of a stream's columns its contract lets into the table that is there; columns that the table does not have and
 * must not get are left out. A kind that must not change is the column's own;
 * values that it cannot hold are dealt with as they come. Throws `target.schema_frozen` with all differences.
 */
export function agreeOnColumns(
  existing: Existing,
  wanted: readonly PlannedColumn[],
  agreement: Agreement,
): readonly PlannedColumn[] {
  const { contract, dialect } = agreement;
  const byName = new Map(existing.map((column) => [foldName(dialect, column.name), column]));
  const columns: PlannedColumn[] = [];
  const differences: string[] = [];
  for (const column of wanted) {
    const found = byName.get(foldName(dialect, column.name));
    // What the target adds itself is not the stream's to change.
    if (column.added !== undefined) columns.push(column);
    else if (found !== undefined) columns.push(fitting(column, found, agreement, differences));
    else if (contract.columns === 'evolve') columns.push(column);
    // Without its key no record could be told from another.
    else if (contract.columns === 'freeze' || column.key)
      differences.push(`the column "${column.name}" (${dialect.typeOf(column.kind)}) would be added`);
  }
  if (differences.length > 0) throw frozen(agreement, differences);
  return columns;
}

function fitting(
  wanted: PlannedColumn,
  found: Pick<SqlColumn, 'name' | 'type'>,
  { contract, dialect }: Agreement,
  differences: string[],
): PlannedColumn {
  if (contract.data_type === 'evolve') return wanted;
  const known = dialect.kindOf(found.type);
  // A type that cannot be written is told of by whoever shapes the table.
  if (known === undefined) return wanted;
  const wider = widen(known.kind, wanted.kind).kind;
  if (known.narrow || (contract.data_type === 'freeze' && !sameKind(wider, known.kind)))
    differences.push(`the column "${found.name}" is ${found.type} and would become ${dialect.typeOf(wider)}`);
  return { ...wanted, kind: known.kind };
}

function frozen({ stream, table }: Agreement, differences: readonly string[]) {
  return targetError('schema_frozen', {
    message: `Stream ${stream} does not fit the table ${table.schema}.${table.name}, which its schema_contract keeps as it is: ${differences.join('; ')}`,
    hint: 'change the table, select other columns, or set schema_contract to evolve for this stream',
    details: { stream, differences },
  });
}

/** Throws unless the contract lets a table be made; false when all records of the stream are to be kept out. */
export function mayCreateTable({ stream, table, contract }: Agreement): boolean {
  if (contract.tables === 'evolve') return true;
  if (contract.tables !== 'freeze') return false;
  throw targetError('schema_frozen', {
    message: `Stream ${stream} has no table ${table.schema}.${table.name}, and its schema_contract lets none be made`,
    hint: 'make the table, deselect the stream, or set tables to evolve in schema_contract for this stream',
    details: { stream },
  });
}
