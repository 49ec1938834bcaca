import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ExactNumber,
  isJsonObject,
  jsonEquals,
  parseJson,
  stringifyJson,
  stringifyPythonJson,
} from './json.ts';

describe('parseJson and stringifyJson', () => {
  it.each([
    '9007199254740993',
    '-9007199254740993',
    '123456789012345678901234567890.000000000000000000001',
    '1.0',
    '0.10',
    '1e400',
    '1E5',
    '-0',
    '12345678901234567',
    '0.1234567890123456789',
  ])('keeps the digits of %s', (number) => {
    expect(stringifyJson(parseJson(`{"a":[${number}]}`))).toBe(`{"a":[${number}]}`);
  });

  it('keeps them wherever they stand', () => {
    for (const text of [
      '[1.0,\t2.50]',
      '{"a":1,"b": -0}',
      '[ 1e2 ]',
      '{"s":"2.0 \\" 1e5","n":12345678901234567}',
      '1.0',
      ' -0',
    ]) {
      expect(stringifyJson(parseJson(text))).toBe(text.replaceAll(/(?<!")\s(?![^"]*")/g, ''));
    }
  });

  it('leaves ordinary numbers ordinary', () => {
    expect(parseJson('[1,2.5,-3,9007199254740991]')).toEqual([1, 2.5, -3, 9007199254740991]);
  });

  it('round-trips any number text', () => {
    const digits = fc.stringMatching(/^[1-9]\d{0,39}$/);
    const number = fc.tuple(fc.boolean(), digits, fc.option(fc.stringMatching(/^\d{1,30}$/)));
    fc.assert(
      fc.property(number, ([negative, whole, fraction]) => {
        const text = `${negative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}`;
        expect(stringifyJson(parseJson(text))).toBe(text);
      }),
    );
  });

  it('refuses what is not JSON', () => {
    expect(() => parseJson('{"a": 12345678901234567890')).toThrow(SyntaxError);
  });
});

describe('stringifyPythonJson', () => {
  it('spells JSON as Python does', () => {
    const value = { a: [1, 'é😀', null], b: {}, c: [], d: new ExactNumber('1.0'), e: true };
    expect(stringifyPythonJson(value)).toBe(
      '{"a": [1, "\\u00e9\\ud83d\\ude00", null], "b": {}, "c": [], "d": 1.0, "e": true}',
    );
  });

  it('indents and sorts when asked', () => {
    expect(
      stringifyPythonJson({ b: [1, { x: 'é' }], a: {} }, { indent: 2, sortKeys: true, ascii: false }),
    ).toBe('{\n  "a": {},\n  "b": [\n    1,\n    {\n      "x": "é"\n    }\n  ]\n}');
  });

  it('is JSON again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(jsonEquals(parseJson(stringifyPythonJson(parseJson(text))), parseJson(text))).toBe(true);
      }),
    );
  });
});

describe('jsonEquals', () => {
  it.each([
    ['1', '1.0', true],
    ['100', '1e2', true],
    ['0.10', '1E-1', true],
    ['-0', '0', true],
    ['9007199254740993', '9007199254740992', false],
    ['{"a":1,"b":2}', '{"b":2,"a":1}', true],
    ['{"a":1}', '{"a":1,"b":null}', false],
    ['[1,2]', '[2,1]', false],
    ['"1"', '1', false],
  ])('%s and %s: %s', (a, b, equal) => {
    expect(jsonEquals(parseJson(a), parseJson(b))).toBe(equal);
  });
});

it('an exact number of another copy of this package is one', async () => {
  const other = (await import(`${import.meta.dirname}/json.ts?copy`)) as typeof import('./json.ts');
  expect(other.ExactNumber).not.toBe(ExactNumber);
  expect(new other.ExactNumber('1.0')).toBeInstanceOf(ExactNumber);
  expect(isJsonObject(new other.ExactNumber('1.0'))).toBe(false);
  expect([{}, null, 'x', Object.create(null)].some((value) => value instanceof ExactNumber)).toBe(false);
});
