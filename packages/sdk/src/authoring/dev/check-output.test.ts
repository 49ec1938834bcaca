import { type JsonObject, parseJson } from '@meltano/foundation/json';
import { expect, it } from 'vitest';
import { checkOutput } from './check-output.ts';

const properties = {
  id: { type: 'integer' },
  at: { type: ['null', 'string'] },
  amount: { type: ['null', 'number'] },
};

function check(records: readonly JsonObject[], keyProperties: readonly string[] = ['id']) {
  const schema = { type: 'object', properties };
  return checkOutput({
    items: [
      { kind: 'schema', stream: 'users', schema, keyProperties },
      { kind: 'records', stream: 'users', records, bytes: 1 },
    ],
    failure: undefined,
  });
}

it('is silent when all fits', () => {
  expect(
    check([
      { id: 1, at: null },
      { id: 2, at: 'x' },
    ]),
  ).toEqual([]);
});

it('takes numbers that keep their digits for numbers, and shows them as they came', () => {
  const exact = parseJson('12.50');
  expect(check([{ id: 1, amount: exact }])).toEqual([]);
  expect(check([{ id: 1, at: exact }])).toEqual([
    '! stream users: .at must be null,string, e.g. 12.50 (in 1 of 1 records)',
  ]);
});

it('names keys that the schema does not have', () => {
  expect(check([{ id: 1 }], ['idd'])).toContain(
    '! stream users: the key "idd" is not in the schema, which has id, at, amount',
  );
});

it('names keys without a value', () => {
  expect(check([{ id: 1 }, { at: 'x' }])).toContain(
    '! stream users: the key "id" has no value in 1 of 2 records',
  );
});

it('names values of another type once, with an example and how often', () => {
  expect(check([{ id: 1, at: 5 }, { id: 2, at: 6 }, { id: 3 }])).toEqual([
    '! stream users: .at must be null,string, e.g. 5 (in 2 of 3 records)',
  ]);
});
