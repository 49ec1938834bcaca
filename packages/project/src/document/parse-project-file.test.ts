import { stringifyJson } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import { parseProjectFile } from './parse-project-file.ts';

const read = (text: string) =>
  JSON.parse(stringifyJson(parseProjectFile('meltano.yml', text).value)) as unknown;
const written = (text: string) => stringifyJson(parseProjectFile('meltano.yml', text).value);

describe('plain scalars', () => {
  // Recorded: what Meltano 4.4.1 reads.
  test.each([
    ['1_000', '1000'],
    ['0o12', '10'],
    ['0x1F', '31'],
    ['1e3', '1000.0'],
    ['.5', '0.5'],
    ['+1', '1'],
    ['1.', '1.0'],
    ['0b11', '3'],
    ['012', '12'],
    ['08', '8'],
    ['1_0.5', '10.5'],
    ['12345678901234567890123', '12345678901234567890123'],
    ['-.5', '-0.5'],
    ['1e+3', '1000.0'],
    ['3.10', '3.10'],
    ['1:30', '"1:30"'],
    ['True', 'true'],
    ['TRUE', 'true'],
    ['NO', '"NO"'],
    ['yes', '"yes"'],
    ['~', 'null'],
    ['2020-01-01T00:00:00.5Z', '"2020-01-01T00:00:00.5Z"'],
    ['!!str 12', '"12"'],
    ["'12'", '"12"'],
  ])('%s is %s', (text, json) => {
    expect(written(`a: ${text}`)).toBe(`{"a":${json}}`);
  });
});

describe('structure', () => {
  test('anchors, aliases and merge keys', () => {
    const text = 'x: &x {a: 1, b: 2}\ny: &y {b: 3}\nz:\n  <<: [*x, *y]\n  c: *x\nw: {<<: *x, a: 9}\n';
    expect(read(text)).toEqual({
      x: { a: 1, b: 2 },
      y: { b: 3 },
      z: { a: 1, b: 2, c: { a: 1, b: 2 } },
      w: { a: 9, b: 2 },
    });
  });
  test('keys are text, whatever they look like', () => {
    expect(read('1: a\ntrue: b\nnull: c\n2020-01-01: d\n')).toEqual({
      '1': 'a',
      true: 'b',
      null: 'c',
      '2020-01-01': 'd',
    });
    expect(Object.keys(parseProjectFile('m', '__proto__: {a: 1}\n').value)).toEqual(['__proto__']);
  });
});

describe('lines indented less than what they belong to, as the parsers of Python take them', () => {
  test.each([
    ['a:\n  b: [\n{x: 1}\n]\nc: 2\n', { a: { b: [{ x: 1 }] }, c: 2 }],
    ['a:\n  b: {x: 1,\ny: [\n2]\n}\nc: 2\n', { a: { b: { x: 1, y: [2] } }, c: 2 }],
    ['a:\n  b: [x\ny, "z\nz",\n# c\n]\n', { a: { b: ['x y', 'z z'] } }],
    ['a:\n- b: "x\ny"\n  c: \'x\n\ny\'\n- d\n', { a: [{ b: 'x y', c: 'x\ny' }, 'd'] }],
  ])('%j', (text, value) => {
    expect(parseProjectFile('f.yml', text).value).toEqual(value);
  });
  test('what never ends is still an error where it began to be one', () => {
    expect(() => parseProjectFile('f.yml', 'a:\n  b: [\n1\nc: 2\n')).toThrow('line 3, column 1');
  });
});

describe('what cannot be read', () => {
  const failure = (text: string) => {
    try {
      parseProjectFile('meltano.yml', text);
    } catch (error) {
      return error;
    }
    return undefined;
  };
  test('malformed YAML says where', () => {
    expect(failure('a: 1\nplugins:\n  - x: [1\nb: 2\n')).toMatchObject({
      code: 'document.invalid_yaml',
      place: { file: 'meltano.yml', line: 4, text: 'b: 2' },
    });
  });
  test('a key that is there twice is an error', () => {
    expect(failure('a: 1\nb: 2\na: 3\n')).toMatchObject({
      code: 'document.invalid_yaml',
      place: { line: 3, column: 1 },
    });
  });
  test('a secret beside the mistake is not shown', () => {
    const error = failure('a: 1\n  password: s3cret\n');
    expect(error).toMatchObject({ code: 'document.invalid_yaml' });
    expect(JSON.stringify(error)).not.toContain('s3cret');
  });
  test('nothing, and no mapping', () => {
    expect(failure('')).toMatchObject({ code: 'document.empty', message: 'Your meltano.yml file is empty' });
    expect(failure('# only a comment\n')).toMatchObject({ code: 'document.empty' });
    expect(failure('- a\n')).toMatchObject({ code: 'document.not_a_mapping' });
    expect(failure('a: 1\n---\nb: 1\n')).toMatchObject({
      code: 'document.invalid_yaml',
      message: expect.stringMatching(/line 2, column 1: A second document begins here$/),
    });
  });
});

test('places count lines and columns from 1', () => {
  const file = parseProjectFile(
    'm.yml',
    'plugins:\r\n  extractors:\r\n  - name: a\r\n    config: {x: 1}\r\n',
  );
  expect(file.place(['plugins', 'extractors', 0])).toMatchObject({
    file: 'm.yml',
    line: 3,
    column: 5,
    text: '  - name: a',
  });
  expect(file.place(['plugins', 'extractors', 0, 'config', 'x'])).toMatchObject({ line: 4, column: 14 });
  expect(file.place(['plugins', 'nope', 'deeper'])).toMatchObject({
    line: 1,
    path: 'plugins › nope › deeper',
  });
});
