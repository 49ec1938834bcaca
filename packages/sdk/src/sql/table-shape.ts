import type { LoadNotice } from '../connector.ts';
import { targetError } from '../target/errors.ts';
import { type ColumnKind, sameKind } from './column-kind.ts';
import type { SqlColumn, SqlConnection, SqlDialect, TableName } from './dialect.ts';
import type { Statements } from './statements.ts';
import type { PlannedColumn } from './stream-plan.ts';
import { keyBecomesText } from './table-errors.ts';
import { widen } from './widen.ts';

export interface ShapeContext {
  readonly connection: SqlConnection;
  readonly dialect: SqlDialect;
  readonly statements: Statements;
  readonly stream: string;
  readonly notice: (notice: LoadNotice) => void;
  /** Schemas that this load has made sure of. */
  readonly schemas: Set<string>;
  /** The table as people know it, for notices; the one that is shaped may be its replacement. */
  readonly shown: TableName;
  /** Rows are found again by their keys. */
  readonly keyed: boolean;
}

export interface ShapedTable {
  /** The columns that are wanted, as they are in the table, in the order wanted. */
  readonly columns: readonly SqlColumn[];
  /** All columns of the table, in its order. */
  readonly all: readonly Pick<SqlColumn, 'name' | 'type'>[];
}

/**
 * Makes a table hold what a stream wants: it is created, columns are added, and columns that are too narrow
 * are widened, never narrowed or dropped.
 */
export async function shapeTable(
  context: ShapeContext,
  table: TableName,
  wanted: readonly PlannedColumn[],
): Promise<ShapedTable> {
  const existing = await context.connection.columns(table);
  if (existing === undefined) {
    const columns = await createTable(context, table, wanted);
    return { columns, all: columns };
  }
  const byName = new Map(existing.map((column) => [foldName(context.dialect, column.name), column]));
  const columns: SqlColumn[] = [];
  const added: SqlColumn[] = [];
  for (const column of wanted) {
    const found = byName.get(foldName(context.dialect, column.name));
    if (found === undefined) added.push(await addColumn(context, table, column));
    const shaped = found === undefined ? added.at(-1) : await fitColumn(context, table, found, column);
    if (shaped !== undefined) columns.push(shaped);
  }
  return { columns, all: [...existing, ...added] };
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
  await createSchema(context, table.schema);
  await context.connection.execute(context.statements.createTable(table, columns));
  notify(context, 'table-created');
  return columns;
}

/** Makes a schema unless it is there or this load has made it. */
export async function createSchema(context: ShapeContext, schema: string): Promise<void> {
  if (context.schemas.has(schema)) return;
  if (!(await isThere(context, schema)))
    await context.connection.execute(context.statements.createSchema(schema));
  context.schemas.add(schema);
}

async function isThere({ connection, dialect }: ShapeContext, schema: string): Promise<boolean> {
  const query = dialect.findSchema?.(schema);
  return query !== undefined && (await connection.query(query)).length > 0;
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
  notify(context, 'column-added', column);
  return column;
}

async function fitColumn(
  context: ShapeContext,
  table: TableName,
  found: { readonly name: string; readonly type: string },
  { kind, key }: PlannedColumn,
): Promise<SqlColumn> {
  const existing = context.dialect.kindOf(found.type);
  if (existing === undefined) throw unusable(context, table, found);
  const column: SqlColumn = { name: found.name, kind: existing.kind, type: found.type };
  return widenColumn(context, table, column, { kind, key, narrow: existing.narrow });
}

/** What a column must hold. `narrow`: its type holds less than its kind promises. */
export interface WantedColumn {
  readonly kind: ColumnKind;
  readonly key: boolean;
  readonly narrow?: boolean;
}

/** Widens a column as far as `wanted` needs it. Throws `target.key_type` where rows would lose their keys by that. */
export async function widenColumn(
  context: ShapeContext,
  table: TableName,
  column: SqlColumn,
  { kind: wanted, key, narrow = false }: WantedColumn,
): Promise<SqlColumn> {
  const { kind, limit } = widen(column.kind, wanted);
  if (sameKind(kind, column.kind) && !narrow) return column;
  const { connection, statements, dialect } = context;
  const loses =
    limit !== undefined &&
    (await connection.query(statements.hasBeyond(table, column.name, limit))).length > 0;
  const wider = columnOf(dialect, column.name, loses ? { kind: 'text' } : kind);
  if (key && context.keyed && wider.kind.kind === 'text' && hasSpellings(column.kind)) {
    if ((await connection.query(statements.hasRows(table))).length > 0)
      throw keyBecomesText(context.stream, context.shown, column);
  }
  await connection.execute(dialect.alterType(table, column, wider));
  notify(context, 'column-widened', wider);
  return wider;
}

/** One value can be written in several ways, of which a database knows its own. */
function hasSpellings({ kind }: ColumnKind): boolean {
  return kind === 'timestamp' || kind === 'time' || kind === 'double' || kind === 'decimal';
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
  change: 'table-created' | 'column-added' | 'column-widened',
  column?: SqlColumn,
): void {
  context.notice({
    kind: 'schema-change',
    stream: context.stream,
    change,
    table: `${context.shown.schema}.${context.shown.name}`,
    ...(column === undefined ? {} : { column: column.name, type: column.type }),
  });
}
