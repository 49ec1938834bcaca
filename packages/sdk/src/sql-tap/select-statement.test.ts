import { expect, test } from 'vitest';
import { type Selection, selectStatement } from './select-statement.ts';
import type { SourceColumn, SqlTapDialect } from './sql-source.ts';

const dialect: SqlTapDialect = {
  label: 'Test',
  quote: (name) => `[${name}]`,
  parameter: (position, type) => `CAST(@p${position} AS ${type})`,
  nullsFirst: ' NULLS FIRST',
  limit: (sql, rows) => `${sql} LIMIT ${rows}`,
};

const column = (name: string, more: Partial<SourceColumn> = {}): SourceColumn => ({
  name,
  type: 'DATE',
  nullable: true,
  schema: {},
  ordered: true,
  ...more,
});

const select = (more: Partial<Selection>) =>
  selectStatement(
    {
      from: '[s].[t]',
      columns: [column('a'), column('b', { expression: 'CAST([b] AS TEXT)' })],
      orderBy: undefined,
      start: undefined,
      withNulls: false,
      limit: undefined,
      ...more,
    },
    dialect,
  );

test('selects columns by name or expression', () => {
  expect(select({})).toEqual({ sql: 'SELECT [a], CAST([b] AS TEXT) AS [b] FROM [s].[t]', parameters: [] });
});

test('rows of which no column is wanted are counted all the same', () => {
  expect(select({ columns: [] }).sql).toBe('SELECT NULL FROM [s].[t]');
});

test('a first incremental reading is ordered, NULL first', () => {
  expect(select({ orderBy: column('k') }).sql).toMatch(/ FROM \[s\]\.\[t\] ORDER BY \[k\] ASC NULLS FIRST$/);
  expect(select({ orderBy: column('k', { nullable: false }) }).sql).toMatch(/ ORDER BY \[k\] ASC$/);
});

test('a bookmark is bound, never part of the text', () => {
  const { sql, parameters } = select({ orderBy: column('k'), start: "'; DROP" });
  expect(sql).toMatch(/ WHERE \[k\] >= CAST\(@p1 AS DATE\) ORDER BY /);
  expect(sql).not.toContain('DROP');
  expect(parameters).toEqual(["'; DROP"]);
});

test('NULL is asked for only where it is wanted and can be', () => {
  const asked = (nullable: boolean) =>
    select({ orderBy: column('k', { nullable }), start: '1', withNulls: true }).sql;
  expect(asked(true)).toContain(' WHERE [k] >= CAST(@p1 AS DATE) OR [k] IS NULL ');
  expect(asked(false)).not.toContain('IS NULL');
});

test('a limit comes last', () => {
  expect(select({ orderBy: column('k'), limit: 5 }).sql).toMatch(/ASC NULLS FIRST LIMIT 5$/);
});
