import { ExactNumber, type JsonValue } from '@meltano/foundation/json';
import { expect, it } from 'vitest';
import { schemaCode } from './schema-code.ts';

const typeOf = (...values: readonly JsonValue[]) =>
  / {2}a: (.*),/.exec(
    schemaCode(
      values.map((a) => ({ a })),
      ['a'],
    ),
  )?.[1];

it.each([
  [[true, null], 's.boolean()'],
  [[1, 2], 's.integer()'],
  [[new ExactNumber('12345678901234567890')], 's.integer()'],
  [[1, 2.5], 's.number()'],
  [[new ExactNumber('0.10000000000000000001')], 's.number()'],
  [['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.5+02:00'], 's.dateTime()'],
  [['2024-01-01T00:00:00'], 's.string()'],
  [['2024-01-01'], 's.date()'],
  [['2024-01-01', 'soon'], 's.string()'],
  [['0f8fad5b-d9cb-469f-a165-70867728950e'], 's.uuid()'],
  [[['x'], []], 's.array(s.string())'],
  [[[]], 's.json() /* only empty lists were seen */'],
  [[null], 's.json() /* no value was seen */'],
  [[1, 'x'], 's.json() /* values of several types */'],
] as const)('%j is %s', (values, code) => {
  expect(typeOf(...values)).toBe(code);
});

it('requires only what it is told to, and quotes what is no name', () => {
  expect(
    schemaCode(
      [
        { id: 1, 'first-name': "O'Neill" },
        { id: 2, x: { y: 1 } },
      ],
      ['id'],
    ),
  ).toBe(`s.object({
  id: s.integer(),
  ...s.nullable({
    'first-name': s.string(),
    x: s.object(s.nullable({
      y: s.integer(),
    })),
  }),
})`);
});
