import type { LoadNotice } from '../connector.ts';
import { targetError } from '../target/errors.ts';
import { type ColumnKind, sameKind } from './column-kind.ts';
import type { SqlColumn, SqlConnection, SqlDialect, TableName } from './dialect.ts';
import type { Statements } from './statements.ts';
import type { PlannedColumn } from './stream-plan.ts';
import { widen } from './widen.ts';

export interface ShapeContext {
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly statements: Statements;
  readonly stream: string;
  readonly notice: (notice: LoadNotice) => void;
}

/**
 * Makes a table hold what a stream wants: it is created, columns are added, and columns that are too narrow
 * are widened, never narrowed or dropped. Returns the columns as they are then, in the order wanted.
 */
export async function shapeTable(
  context: ShapeContext,
  table: TableName,
  wanted: readonly PlannedColumn[],
): Promise<readonly SqlColumn[]> {
  const existing = await context.connection.columns(table);
  if (existing === undefined) return createTable(context, table, wanted);
  const byName = new Map(existing.map((column) => [foldName(context.dialect, column.name), column]));
  const shaped: SqlColumn[] = [];
  for (const column of wanted) {
    const found = byName.get(foldName(context.dialect, column.name));
    shaped.push(
      found === undefined
        ? await addColumn(context, table, column)
        : await fitColumn(context, table, found, column.kind),
    );
  }
  return shaped;
}

/** The form in which two names of the same column are equal. */
export function foldName(dialect: SqlDialect, name: string): string {
  return dialect.caseSensitive ? name : name.toLowerCase();
}

async function createTable(
  context: ShapeContext,
  table: TableName,
  wanted: readonly PlannedColumn[],
): Promise<readonly SqlColumn[]> {
  const columns = wanted.map((column) => columnOf(context.dialect, column.name, column.kind));
  await context.connection.execute(context.statements.createSchema(table.schema));
  await context.connection.execute(context.statements.createTable(table, columns));
  notify(context, table, 'table-created');
  return columns;
}

export function columnOf(dialect: SqlDialect, name: string, kind: ColumnKind): SqlColumn {
  return { name, kind, type: dialect.typeOf(kind) };
}

async function addColumn(
  context: ShapeContext,
  table: TableName,
  planned: PlannedColumn,
): Promise<SqlColumn> {
  const column = columnOf(context.dialect, planned.name, planned.kind);
  await context.connection.execute(context.statements.addColumn(table, column));
  notify(context, table, 'column-added', column);
  return column;
}

async function fitColumn(
  context: ShapeContext,
  table: TableName,
  found: { readonly name: string; readonly type: string },
  wanted: ColumnKind,
): Promise<SqlColumn> {
  const existing = context.dialect.kindOf(found.type);
  if (existing === undefined) throw unusable(context, table, found);
  const column: SqlColumn = { name: found.name, kind: existing.kind, type: found.type };
  return widenColumn(context, table, column, wanted, existing.narrow);
}

/** Widens a column as far as `wanted` needs it. `narrow`: its type holds less than its kind promises. */
export async function widenColumn(
  context: ShapeContext,
  table: TableName,
  column: SqlColumn,
  wanted: ColumnKind,
  narrow = false,
): Promise<SqlColumn> {
  const { kind, limit } = widen(column.kind, wanted);
  if (sameKind(kind, column.kind) && !narrow) return column;
  const { connection, statements, dialect } = context;
  const loses =
    limit !== undefined &&
    (await connection.query(statements.hasBeyond(table, column.name, limit))).length > 0;
  const wider = columnOf(dialect, column.name, loses ? { kind: 'text' } : kind);
  await connection.execute(dialect.alterType(table, column, wider));
  notify(context, table, 'column-widened', wider);
  return wider;
}

function unusable(
  context: ShapeContext,
  table: TableName,
  column: { readonly name: string; readonly type: string },
) {
  return targetError('unusable_table', {
    message: `Column "${column.name}" of the table ${table.schema}.${table.name} has the type ${column.type}, which cannot be written to`,
    hint: 'rename the column or the table, or load into another schema with default_target_schema',
    details: { stream: context.stream, column: column.name, type: column.type },
  });
}

function notify(
  context: ShapeContext,
  table: TableName,
  change: 'table-created' | 'column-added' | 'column-widened',
  column?: SqlColumn,
): void {
  context.notice({
    kind: 'schema-change',
    stream: context.stream,
    change,
    table: `${table.schema}.${table.name}`,
    ...(column === undefined ? {} : { column: column.name, type: column.type }),
  });
}
