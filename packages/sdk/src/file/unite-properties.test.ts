import type { JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { uniteProperties } from './unite-properties.ts';

const text = { type: ['string', 'null'] };

test.each<[string, JsonObject[], JsonObject]>([
  ['equal', [{ a: text }, { a: text }], { a: text }],
  [
    'whole numbers and others',
    [{ a: { type: ['integer', 'null'] } }, { a: { type: ['number'] } }],
    { a: { type: ['number', 'null'] } },
  ],
  [
    'of several types',
    [{ a: text }, { a: { type: ['integer', 'null'] } }],
    { a: { type: ['string', 'integer', 'null'] } },
  ],
  [
    'null, then something',
    [{ a: { type: ['null'] } }, { a: { type: ['integer'] } }],
    { a: { type: ['integer', 'null'] } },
  ],
  [
    'something, then null',
    [{ a: { type: ['integer'] } }, { a: { type: ['null'] } }],
    { a: { type: ['integer', 'null'] } },
  ],
  ['null throughout', [{ a: { type: ['null'] } }, { a: { type: ['null'] } }], { a: text }],
  [
    'times of several formats',
    [{ a: { ...text, format: 'date' } }, { a: { ...text, format: 'date-time' } }],
    { a: text },
  ],
  [
    'decimals',
    [{ a: { type: ['number'], multipleOf: 0.1 } }, { a: { type: ['number'], multipleOf: 0.001 } }],
    { a: { type: ['number'], multipleOf: 0.001 } },
  ],
  [
    'decimals and whole numbers',
    [{ a: { type: ['integer'] } }, { a: { type: ['number'], multipleOf: 0.01 } }],
    { a: { type: ['number'], multipleOf: 0.01 } },
  ],
  [
    'whole numbers with and without a limit',
    [{ a: { type: ['integer'] } }, { a: { type: ['number', 'null'], multipleOf: 1 } }],
    { a: { type: ['number', 'null'], multipleOf: 1 } },
  ],
  [
    'whole numbers of several kinds',
    [{ a: { type: ['integer'] } }, { a: { type: ['integer', 'null'] } }],
    { a: { type: ['integer', 'null'] } },
  ],
  [
    'decimals and doubles',
    [{ a: { type: ['number'] } }, { a: { type: ['number'], multipleOf: 0.01 } }],
    { a: { type: ['number'] } },
  ],
  ['anything', [{ a: {} }, { a: text }], { a: {} }],
  [
    'in one file only',
    [{ a: { type: ['integer'] } }, { b: { type: ['integer'] } }],
    { a: { type: ['integer', 'null'] }, b: { type: ['integer', 'null'] } },
  ],
])('%s', (_, files, wanted) => {
  expect(uniteProperties(files)).toEqual(wanted);
});
