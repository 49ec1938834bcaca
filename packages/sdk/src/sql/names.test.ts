import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SqlDialect } from './dialect.ts';
import { columnNamesOf, derivedNameOf, tableNameOf } from './names.ts';

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

test('names that the database keeps for itself get a suffix', () => {
  const names = columnNamesOf(['Xmin', 'max'], [], { ...dialect, reservedColumns: ['xmin'] });
  expect(names.get('Xmin')).toMatch(/^xmin_[0-9a-f]{8}$/);
  expect(names.get('max')).toBe('max');
});

test('a name is cut between characters, and half a character is none', () => {
  const long = `${'x'.repeat(53)}😀${'y'.repeat(20)}`;
  expect(tableNameOf(long, dialect)).toMatch(/^x{53}_[0-9a-f]{8}$/);
  const names = [...columnNamesOf(['a\ud800', 'a\udc00'], [], dialect).values()];
  expect(names.map((name) => name.isWellFormed())).toEqual([true, true]);
  expect(new Set(names).size).toBe(2);
});

test('a limit may be one of bytes', () => {
  const inBytes = { ...dialect, identifierUnit: 'bytes' } as const;
  expect(tableNameOf('ä'.repeat(31), inBytes)).toBe('ä'.repeat(31));
  expect(tableNameOf('ä'.repeat(32), inBytes)).toMatch(/^ä{27}_[0-9a-f]{8}$/);
  expect(derivedNameOf('ä'.repeat(31), ':loading', inBytes)).toMatch(/^ä{23}_[0-9a-f]{8}:loading$/);
});

test.each(['characters', 'bytes'] as const)(
  'no two properties ever share a column, and none is too long in %s',
  (identifierUnit) => {
    const string = (minLength: number, maxLength: number) =>
      fc.string({
        unit: fc.oneof(fc.constantFrom('a', 'A', '\ud800', '\udc00'), fc.string()),
        minLength,
        maxLength,
      });
    const properties = fc.uniqueArray(fc.oneof(string(1, 3), string(60, 90)));
    fc.assert(
      fc.property(properties, (given) => {
        const names = [...columnNamesOf(given, [], { ...dialect, identifierUnit }).values()];
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(given.length);
        for (const name of names) {
          expect(name.isWellFormed()).toBe(true);
          const size = identifierUnit === 'bytes' ? Buffer.byteLength(name) : name.length;
          expect(size).toBeLessThanOrEqual(63);
        }
      }),
      { numRuns: 500 },
    );
  },
);
