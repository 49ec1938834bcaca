import { expect, test } from 'vitest';
import { nestsDeeper } from './nesting.ts';

const nested = (levels: number, [open, close]: readonly [string, string] = ['[', ']']) =>
  open.repeat(levels) + close.repeat(levels);

test.each([
  ['lists', nested(10), 10],
  ['objects', nested(10, ['{"a":', '}']).replace(':}', ':1}'), 10],
  ['a mixture', nested(5, ['{"a":[', ']}']), 10],
  ['brackets in texts', `{"a":"${'['.repeat(50)}\\"{{{","b":[1]}`, 2],
  ['many side by side', `[${'[],{},'.repeat(50)}1]`, 2],
  ['what is no JSON', '{"a":[', 2],
])('%s', (_, text, depth) => {
  expect([nestsDeeper(text, depth), nestsDeeper(text, depth - 1)]).toEqual([false, true]);
});
