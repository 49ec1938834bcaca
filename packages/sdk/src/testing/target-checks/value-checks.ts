import assert from 'node:assert/strict';
import {
  ExactNumber,
  type JsonObject,
  type JsonValue,
  jsonEquals,
  stringifyJson,
} from '@meltano/foundation/json';
import { parseDecimal } from '../../schema/decimal.ts';
import type { TargetDriver } from '../drive-target.ts';
import { nullable, records, schema } from '../target-items.ts';
import type { TargetSuiteOptions } from '../target-suite-options.ts';
import { assertSucceeded } from './succeeded.ts';

const exact = (text: string) => new ExactNumber(text);

/** One value per row, so that a failure names it. */
const values: readonly (readonly [name: string, schema: JsonObject, sent: JsonValue, kept?: JsonValue])[] = [
  ['line feed', nullable('string'), 'a\nb\r\nc'],
  ['quotes', nullable('string'), `'"\\;,\t`],
  ['beyond the basic plane', nullable('string'), 'é😀漢'],
  ['the empty text', nullable('string'), ''],
  ['the text null', nullable('string'), 'null'],
  ['2^53 + 1', nullable('integer'), exact('9007199254740993')],
  ['2^63', nullable('integer'), exact('9223372036854775808')],
  ['-2^63', nullable('integer'), exact('-9223372036854775808')],
  ['a long decimal', nullable('number'), exact('1.2345678901234567891')],
  ['a double', nullable('number'), 1.1],
  ['money', nullable('number', { multipleOf: 0.01 }), exact('12345678901234567.89')],
  ['a decimal as text', nullable('string', { format: 'singer.decimal' }), '0.10'],
  [
    'an offset',
    nullable('string', { format: 'date-time' }),
    '2024-01-01T02:00:00+02:00',
    '2024-01-01T00:00:00Z',
  ],
  ['microseconds', nullable('string', { format: 'date-time' }), '2024-01-01T00:00:00.123456Z'],
  ['a day', nullable('string', { format: 'date' }), '1600-02-29'],
  ['false', nullable('boolean'), false],
  ['an object', nullable('object'), { a: [1, { b: null }], c: 'd' }],
  ['a list', nullable('array'), [1, 'x', null]],
  ['a mixture', { type: ['integer', 'string', 'null'] }, 'x'],
];

/** A number that a destination keeps as text, and the other way round, has kept its value. */
function isNumeric(value: JsonValue): value is number | string | ExactNumber {
  const written = value instanceof ExactNumber || typeof value === 'number' || typeof value === 'string';
  return written && parseDecimal(String(value)) !== undefined;
}

export async function assertFidelity(
  driver: TargetDriver,
  { config, read, keepsText = false }: TargetSuiteOptions,
): Promise<void> {
  const given = await config();
  const items = values.flatMap(([, property, sent], at) => [
    schema(`value_${at}`, { id: { type: ['integer'] }, v: property }),
    records(`value_${at}`, { id: 1, v: sent }),
  ]);
  assertSucceeded(await driver.load(given, items));
  for (const [at, [name, , sent, changed = sent]] of values.entries()) {
    const kept = keepsText ? sent : changed;
    const [row] = await read(given, `value_${at}`);
    const found = row?.['v'] ?? null;
    const same =
      jsonEquals(found, kept) ||
      (isNumeric(found) && isNumeric(kept) && jsonEquals(exact(String(found)), exact(String(kept))));
    assert.ok(same, `${name}: sent ${stringifyJson(sent)}, found ${stringifyJson(found)}`);
  }
}
