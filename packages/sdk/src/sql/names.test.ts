import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SqlDialect } from './dialect.ts';
import { columnNamesOf, tableNameOf } from './names.ts';

// Only what names depend on.
const dialect = { maxIdentifierLength: 63, caseSensitive: false } as SqlDialect;

test('streams become tables in lower case, without dashes and dots', () => {
  expect(tableNameOf('Public-My.Table 1', dialect)).toBe('public_my_table_1');
  expect(tableNameOf('größe', dialect)).toBe('größe');
});

test('the property that is spelled as the column keeps its name beside others', () => {
  const names = columnNamesOf(['ID', 'id', 'Name'], [], dialect);
  expect(names.get('id')).toBe('id');
  expect(names.get('ID')).toMatch(/^id_[0-9a-f]{8}$/);
  expect(names.get('Name')).toBe('name');
});

test('names that the target needs itself are given away to nobody', () => {
  expect(columnNamesOf(['_sdc_sequence'], ['_sdc_sequence'], dialect).get('_sdc_sequence')).not.toBe(
    '_sdc_sequence',
  );
});

test('no two properties ever share a column, and none is too long', () => {
  const properties = fc.uniqueArray(
    fc.oneof(
      fc.string({ minLength: 1 }),
      fc.stringMatching(/^[aAbB]{1,3}$/),
      fc.string({ minLength: 60, maxLength: 90 }),
    ),
  );
  fc.assert(
    fc.property(properties, (given) => {
      const names = [...columnNamesOf(given, [], dialect).values()].map((name) => name.toLowerCase());
      expect(new Set(names).size).toBe(given.length);
      for (const name of names) expect(name.length).toBeLessThanOrEqual(63);
    }),
    { numRuns: 1_000 },
  );
});
