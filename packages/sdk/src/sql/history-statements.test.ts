import { expect, test } from 'vitest';
import type { SqlDialect } from './dialect.ts';
import { historyStatements } from './history-statements.ts';
import { statementsOf } from './statements.ts';

const dialect = { quote: (name: string) => name, typeOf: () => 'timestamp' } as unknown as SqlDialect;

test.each([undefined, '_sdc_deleted_at'])(
  'no part of a WHERE stands beside a subquery with OR (%s)',
  (deleted) => {
    const table = { schema: 's', name: 't' };
    const rows = {
      staging: { schema: 's', name: 'new' },
      table,
      count: 1,
      patterns: new Map(),
      columns: [],
      keys: ['id'],
      content: ['name'],
      times: [],
      deleted,
      version: undefined,
    };
    const { arrange } = historyStatements(rows, { schema: 's', name: 'd' }, dialect, statementsOf(dialect));
    expect(arrange(undefined)).toContain('NOT EXISTS');
    expect(arrange(undefined)).not.toMatch(/OR (NOT )?EXISTS/);
  },
);
