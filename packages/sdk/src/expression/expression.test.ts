import { isAppError } from '@meltano/foundation/errors';
import { ExactNumber, type JsonObject } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import { compileExpression, createFunctions } from './expression.ts';
import { reprOf } from './value/text.ts';
import type { Value } from './value/value.ts';

const noon = Date.UTC(2024, 1, 29, 12, 0, 0, 5);
const functions = createFunctions({
  clock: { now: () => noon, sleep: () => Promise.resolve() },
  random: () => 0.25,
});

function compile(text: string) {
  return compileExpression<JsonObject>(text, {
    functions,
    label: 'stream_maps.users.x',
    name: (name) => (record) => (Object.hasOwn(record, name) ? (record[name] as Value) : undefined),
  });
}

const evaluate = (text: string, record: JsonObject = {}) => reprOf(compile(text).evaluate(record));

function failure(text: string, record: JsonObject = {}) {
  try {
    return { result: evaluate(text, record) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return error;
  }
}

describe('what a failure says', () => {
  test('the expression, its place, the part, and the reason', () => {
    expect(failure('name.upper() + 1', { name: 'Ada' })).toMatchObject({
      code: 'expression.failed',
      message:
        'The expression "name.upper() + 1" of stream_maps.users.x failed: + is not possible between a str and a int',
      details: { kind: 'TypeError' },
    });
    expect(failure('1 + tags[5]', { tags: [] })).toMatchObject({
      message: expect.stringContaining('failed at "tags[5]": there are not so many items'),
      place: { file: 'stream_maps.users.x', line: 1, column: 5, length: 7, text: '1 + tags[5]' },
    });
    expect(failure('(1 +\n  nope)')).toMatchObject({
      place: { line: 2, column: 3, length: 4, text: '  nope)' },
    });
  });

  test('syntax and what is not available are told before there are records', () => {
    for (const [text, code] of [
      ['1 +', 'expression.syntax'],
      ['len(x)', 'expression.not_available'],
      ['x.__class__', 'expression.not_available'],
    ] as const) {
      expect(() => compile(text)).toThrow(expect.objectContaining({ code }));
    }
  });

  test('no value of a record', () => {
    for (const text of [
      'int(card)',
      'card + 1',
      'card[99]',
      '{}[card]',
      'datetime.date.fromisoformat(card)',
    ]) {
      const error = failure(text, { card: '4111-1111' });
      expect(JSON.stringify([error, 'message' in error && error.message])).not.toContain('4111');
    }
  });
});

describe('what no Python below 3.12 reads', () => {
  test.each([
    [`f'{r['a']}'`, "'1'"],
    [`f"{'\\n'.join(['a', 'b'])}"`, "'a\\nb'"],
    [`f'{f'{f'{1 + 1}'}'}'`, "'2'"],
  ])('%s', (text, result) => {
    expect(evaluate(text, { r: { a: 1 } })).toBe(result);
  });
});

test('time and chance are those of the world around', () => {
  expect(evaluate('datetime.datetime.now(datetime.timezone.utc).isoformat()')).toBe(
    "'2024-02-29T12:00:00.005000+00:00'",
  );
  expect(evaluate('datetime.datetime.utcnow().strftime("%d.%m.%Y")')).toBe("'29.02.2024'");
  expect(evaluate('datetime.date.today().year')).toBe('2024');
  expect(evaluate('rand()')).toBe('0.25');
  expect(evaluate('randint(10)')).toBe('2');
});

test('Decimals and floats can be mixed, unlike in Python', () => {
  expect(evaluate('price * 1.1', { price: 12.5 })).toBe('13.750000000000002');
});

test('names of the host mean nothing', () => {
  for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
    expect(failure(name)).toMatchObject({ details: { kind: 'NameNotDefined' } });
  expect(failure("'a'.constructor")).toMatchObject({ details: { kind: 'AttributeDoesNotExist' } });
  expect(failure('r.constructor', { r: {} })).toMatchObject({ details: { kind: 'AttributeDoesNotExist' } });
  expect(failure("r['__proto__']", { r: {} })).toMatchObject({ details: { kind: 'KeyError' } });
});

describe('no expression stops a run', () => {
  const many = (count: number) => Array.from({ length: count }, () => '1');
  test.each([
    ['9 ** 4000000', 'NumberTooHigh'],
    ['((9 ** 90000) * (9 ** 90000)) * (9 ** 90000)', 'NumberTooHigh'],
    ["'x' * 100001", 'IterableTooLong'],
    ["'x'.ljust(10 ** 9)", 'IterableTooLong'],
    ["'x'.zfill(10 ** 9)", 'IterableTooLong'],
    ["('a' * 90000).replace('a', 'b' * 90000)", 'IterableTooLong'],
    ["('a' * 90000).join(list('b' * 90000))", 'IterableTooLong'],
    ["f'{1:1000000000}'", 'ValueError'],
    ["'%1000000000d' % 1", 'ValueError'],
    ["f'{1:.1000000000f}'", 'ValueError'],
    [`[1 for a in xs for b in xs]`, 'IterableTooLong'],
    ["int('9' * 5000)", 'ValueError'],
    ['str(10 ** 5000)', 'ValueError'],
    [`${'('.repeat(5000)}1${')'.repeat(5000)}`, 'SyntaxError'],
    [`${'-'.repeat(50000)}1`, 'SyntaxError'],
    [`${'not '.repeat(5000)}1`, 'SyntaxError'],
    [`${'['.repeat(5000)}`, 'SyntaxError'],
    ['f"{'.repeat(3000), 'SyntaxError'],
    ["float('1' * 90000 + 'x')", 'ValueError'],
    ["int('1' * 90000 + '!')", 'ValueError'],
    ["'%d' % (float('inf'),)", 'OverflowError'],
    ['price + one', 'NumberTooHigh'],
    ['int(price)', 'NumberTooHigh'],
    ['price == one', 'NumberTooHigh'],
    ["f'{price:f}'", 'NumberTooHigh'],
    ["'a\\tb'.expandtabs(10 ** 9)", 'IterableTooLong'],
  ])('%s', (text, kind) => {
    const record = { xs: many(200), price: new ExactNumber('1e90000'), one: new ExactNumber('1.5') };
    expect(failure(text, record)).toMatchObject({ details: { kind } });
  });
});

describe('what would fill the memory', () => {
  test.each([
    "('%s' * 50000) % tuple([x * 9999] * 50000)",
    '(x * 99999).translate({97: x * 99999})',
    'str([[x * 99999] * 99999] * 9999)',
    'json.dumps([[x * 99999] * 99999] * 9999)',
    '[[x] * 99999] * 99999',
    'json.dumps(([0] * 99999,) * 99999)',
    "f'{[[x] * 99999] * 99999}'",
  ])('%s is refused', (text) => {
    expect(failure(text, { x: 'a' })).toMatchObject({
      code: 'expression.failed',
      message: expect.stringContaining('the result is too long'),
    });
  });

  test('a character that there is none of is no matter of nesting', () => {
    expect(failure('x.translate({97: 1114112})', { x: 'a' })).toMatchObject({
      code: 'expression.failed',
      message: expect.stringContaining('there is no character with this number'),
    });
  });
});
