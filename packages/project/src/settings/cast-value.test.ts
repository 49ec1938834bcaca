import { stringifyJson } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import { castValue, stringifySetting } from './cast-value.ts';
import { parsePythonLiteral } from './python-literal.ts';
import { parseSettingDefinition, type SettingKind } from './setting-definition.ts';

const setting = (kind: SettingKind, more: object = {}) =>
  parseSettingDefinition({ name: 's', kind, ...more });
const cast = (kind: SettingKind, value: string | number | boolean | null) =>
  stringifyJson(castValue(setting(kind), value));

describe('text becomes what the kind says', () => {
  test.each<[SettingKind, string, string]>([
    ['boolean', 'Yes', 'true'],
    ['boolean', 'on', 'true'],
    ['boolean', 'nope', 'false'],
    ['boolean', '', 'false'],
    ['integer', ' +1_000 ', '1000'],
    ['integer', '0', '0'],
    ['integer', '12345678901234567890', '12345678901234567890'],
    ['decimal', '1.50', '1.50'],
    ['decimal', '.5', '0.5'],
    ['decimal', '1e3', '1e3'],
    ['array', '["a", 1]', '["a",1]'],
    ['array', "('a',)", '["a"]'],
    ['object', "{'k': 1, 'n': None}", '{"k":1,"n":null}'],
    ['object', '{"id": 12345678901234567890}', '{"id":12345678901234567890}'],
    ['string', '1', '"1"'],
    ['date_iso8601', '3 days ago', '"3 days ago"'],
  ])('%s %j', (kind, text, json) => {
    expect(cast(kind, text)).toBe(json);
  });
  test('other values pass', () => {
    expect(cast('integer', true)).toBe('true');
    expect(cast('boolean', 0)).toBe('0');
    expect(cast('integer', null)).toBe('null');
  });
});

describe('text that does not fit', () => {
  test.each<[SettingKind, string, string]>([
    ['integer', 'abc', "Setting 's': 'abc' is not an integer"],
    ['integer', '1.5', 'is not an integer'],
    ['decimal', 'NaN', 'is not a number'],
    ['array', 'zz', "Failed to parse JSON array from string: 'zz'"],
    ['array', '{"a": 1}', 'Failed to parse JSON array'],
    ['object', '[1]', 'Failed to parse JSON object'],
  ])('%s %j', (kind, text, message) => {
    expect(() => castValue(setting(kind), text)).toThrow(message);
  });
  test('a secret is not shown', () => {
    expect(() => castValue(setting('integer', { sensitive: true }), 's3cret')).toThrow(
      "Setting 's': its value is not an integer",
    );
  });
  test('options take one of theirs, of any type', () => {
    const options = setting('options', { options: [{ value: 'a' }, { value: 1 }] });
    expect(castValue(options, 'a')).toBe('a');
    expect(castValue(options, 1)).toBe(1);
    expect(() => castValue(options, 'zz')).toThrow("'zz' is not a valid choice for 's'");
  });
});

test('Python literals of plain data are read, code is not', () => {
  expect(
    parsePythonLiteral(String.raw`{"a": (1, 2.5, ), 'b\x41\'': [True, None, {1, 2}], 'c': 'x' "y", 3: -1_0}`),
  ).toEqual({
    a: [1, 2.5],
    "bA'": [true, null, [1, 2]],
    c: 'xy',
    3: -10,
  });
  for (const text of ['f()', '[1 2]', '{1: 2, 3}', "'a", '', 'os', '[1', '1 +'])
    expect(parsePythonLiteral(text)).toBeUndefined();
});

test('variables: text as it is, Python text without a kind, JSON otherwise', () => {
  expect(stringifySetting(undefined, true)).toBe('True');
  expect(stringifySetting(setting('decimal'), 1.5)).toBe('1.5');
  expect(stringifySetting(setting('boolean'), true)).toBe('true');
  expect(stringifySetting(setting('password'), true)).toBe('true');
  expect(stringifySetting(setting('password', { sensitive: true }), true)).toBe('True');
  expect(stringifySetting(setting('array'), ['ä', 1])).toBe('["\\u00e4", 1]');
  expect(stringifySetting(setting('array'), 'as it is')).toBe('as it is');
});

test('kinds that mean secret or hidden text', () => {
  expect(setting('password')).toMatchObject({ kind: 'string', sensitive: true });
  expect(setting('oauth')).toMatchObject({ kind: 'string', sensitive: true });
  expect(setting('hidden')).toMatchObject({ kind: 'string', hidden: true, sensitive: false });
  expect(parseSettingDefinition({ name: 's', kind: 'of tomorrow' })).toMatchObject({ kind: undefined });
});
