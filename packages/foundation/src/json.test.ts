import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ExactNumber,
  hasPlainNumbers,
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

  it('keeps the spelling of any number wherever it stands, between texts that look like numbers', () => {
    const number = fc.stringMatching(/^-?(0|[1-9]\d{0,17})(\.\d{1,17})?([eE][+-]?\d{1,3})?$/);
    const text = fc
      .oneof(fc.string(), fc.stringMatching(/^[:,[] ?-?[\d.eE,\]"\\]{0,20}$/))
      .map((value) => JSON.stringify(value));
    const space = fc.constantFrom('', ' ', '\t', '\r\n  ');
    const list = fc.array(fc.tuple(space, fc.oneof(number, text), space), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(list, fc.constantFrom('list', 'object', 'alone'), (items, where) => {
        const values = where === 'alone' ? items.slice(0, 1) : items;
        const [open, close] = where === 'list' ? '[]' : where === 'object' ? '{}' : ['', ''];
        const write = (parts: readonly (readonly string[])[]) =>
          open +
          parts.map((part, at) => (where === 'object' ? `"${at}":` : '') + part.join('')).join(',') +
          close;
        const lines = Buffer.from(`{"before":1}\n${write(values)}`);
        const spelling = write(values.map(([, value]) => [value]));
        const plain = hasPlainNumbers(lines) ? JSON.stringify(JSON.parse(write(values))) : spelling;
        expect(plain).toBe(spelling);
        expect(stringifyJson(parseJson(write(values)))).toBe(spelling);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['{"a":1,"b":[0.25,-3,123456789012345],"c":"1.0, 1e5: -0"}', true],
    ['{"a":"\\","b":1}', true],
    ['{"a":"\\\\","b":1.0}', false],
    ['{"a":1}\n{"a":-0}', false],
    ['{"a":-10}\n{"a":100}\n', true],
    ['{"a":1E5}', false],
    ['{"a":[ 1.50]}', false],
    ['{"a":1234567890123456}', false],
    ['{"a":"no end\n{"a":1.0}', false],
  ])('knows whether %s has plain numbers only: %s', (lines, plain) => {
    expect(hasPlainNumbers(Buffer.from(lines))).toBe(plain);
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
