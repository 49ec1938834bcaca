import { expect, test } from 'vitest';
import type { ColumnKind } from './column-kind.ts';
import { encoderOf } from './encode.ts';
import { valueText } from './value-text.ts';

const decimal: ColumnKind = { kind: 'decimal', precision: 9, scale: 3 };

test.each<readonly [ColumnKind, string | boolean | number, string]>([
  [{ kind: 'boolean' }, false, 'false'],
  [{ kind: 'integer' }, '9223372036854775807', '9223372036854775807'],
  [{ kind: 'double' }, 1e-7, '1e-7'],
  [decimal, '-0.005', '-0.005'],
  [decimal, '12.5', '12.500'],
  [{ ...decimal, scale: 0 }, 7, '7'],
  [{ kind: 'date' }, '2024-02-29', '2024-02-29'],
  [{ kind: 'date' }, '0000-03-01', '0001-03-01 BC'],
  [{ kind: 'time' }, '23:59:59.999999', '23:59:59.999999'],
  [{ kind: 'time' }, '00:00', '00:00:00.000000'],
  [{ kind: 'timestamp' }, '2024-01-01T02:00:00.000001+02:00', '2024-01-01 00:00:00.000001+00'],
  [{ kind: 'timestamp' }, '1969-12-31T23:59:59.999999Z', '1969-12-31 23:59:59.999999+00'],
  [{ kind: 'timestamp' }, '0000-01-01T00:00:00+01:00', '0002-12-31 23:00:00.000000+00 BC'],
  [{ kind: 'timestamp' }, '9999-12-31T23:59:59-01:00', '10000-01-01 00:59:59.000000+00'],
  [{ kind: 'json' }, 'x', '"x"'],
])('%j: %s is written as %s', (kind, value, text) => {
  const encoded = encoderOf(kind, { holdsNul: true, onAltered: () => {} })(value);
  expect(valueText(kind, encoded as string)).toBe(text);
});
