import { ExactNumber, type JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { fitRecord } from './fit-record.ts';

const schema: JsonObject = {
  properties: {
    day: { type: ['string', 'null'], format: 'date' },
    code: { type: 'string' },
    id: { type: 'integer' },
    object: { type: ['object', 'null'], properties: { a: { type: 'integer' } } },
    list: { type: 'array', items: { type: 'string', format: 'date' } },
    any: {},
  },
};
const fit = fitRecord(schema);

test.each<[string, JsonObject, JsonObject]>([
  ['a day kept as a time', { day: '2024-01-02T00:00:00.000000Z' }, { day: '2024-01-02' }],
  ['days in lists', { list: ['2024-01-02T00:00:00Z'] }, { list: ['2024-01-02'] }],
  ['a number where text is wanted', { code: new ExactNumber('1.10') }, { code: '1.10' }],
  ['objects kept as text', { object: '{"a": 1}', list: '["x"]' }, { object: { a: 1 }, list: ['x'] }],
  ['a null that may not be', { id: null, object: { a: null } }, { object: {} }],
])('changes %s', (_, given, wanted) => {
  expect(fit(given)).toEqual(wanted);
});

test.each<[string, JsonObject]>([
  ['a time that is no midnight', { day: '2024-01-02T03:00:00Z' }],
  ['what the schema does not have', { other: null, __proto__: 1 }],
  ['text that is no JSON where an object is wanted', { object: 'x' }],
  ['a null that may be', { day: null, any: null }],
])('leaves %s', (_, given) => {
  expect(fit(given)).toEqual(given);
});
