import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonFault } from './json-fault.ts';

test.each([
  ['', 1, 1],
  ['{"streams": [}', 1, 14],
  ['{\n  "streams": [],\n  oops\n}', 3, 3],
  ['{"a": 1,}', 1, 9],
  ['[1, 2', 1, 6],
  ['{"a" 1}', 1, 6],
  ['{"a": "no end', 1, 7],
  ['{} {}', 1, 4],
  ['[01]', 1, 3],
  ["{'a': 1}", 1, 2],
])('%j', (text, line, column) => {
  expect(() => JSON.parse(text)).toThrow(/JSON/);
  expect(jsonFault(text)).toMatchObject({ line, column });
});

test('valid JSON that is cut anywhere breaks where it was cut, or where its last token begins', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat(), (value, seed) => {
      const text = JSON.stringify(value);
      const cut = text.slice(0, seed % text.length);
      const { at } = jsonFault(cut);
      expect(at).toBeLessThanOrEqual(cut.length);
      const rest = cut.slice(at);
      expect(rest === '' || /^(["]|-?\d*\.?\d*[eE]?[+-]?$|[tfn]\w*$|-)/.test(rest)).toBe(true);
      // What stands after it makes no difference.
      expect(jsonFault(`${cut}\u0000`).at).toBe(at === cut.length ? cut.length : at);
    }),
  );
});
