import { ExactNumber, type JsonValue, parseJson, stringifyJson } from '@meltano/foundation/json';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ColumnKind } from './column-kind.ts';
import { encoderOf, Unfit } from './encode.ts';

const encode = (kind: ColumnKind, value: JsonValue) =>
  encoderOf(kind, { holdsNul: true, onAltered: () => {} })(value);
const exact = (text: string) => new ExactNumber(text);
const decimal: ColumnKind = { kind: 'decimal', precision: 5, scale: 2 };

test.each<readonly [ColumnKind, JsonValue, unknown]>([
  [{ kind: 'integer' }, 7, 7],
  [{ kind: 'integer' }, exact('1.0'), 1n],
  [{ kind: 'integer' }, exact('9223372036854775807'), 9223372036854775807n],
  [{ kind: 'integer' }, '12', 12n],
  [{ kind: 'big-integer' }, exact('-99999999999999999999'), -99999999999999999999n],
  [decimal, 1.5, 150n],
  [decimal, '-999.99', -99999n],
  [{ kind: 'double' }, exact('1e2'), 100],
  [{ kind: 'double' }, exact('1.10'), 1.1],
  [{ kind: 'text' }, exact('1.10'), '1.10'],
  [{ kind: 'text' }, { a: [1] }, '{"a":[1]}'],
  [{ kind: 'date' }, '1970-01-02', 1],
  [{ kind: 'date' }, '1970-01-02T00:00:00Z', 1],
  [{ kind: 'timestamp' }, '1970-01-01T01:00:00+01:00', 0n],
  [{ kind: 'time' }, '00:01', 60_000_000n],
  [{ kind: 'json' }, 'x', '"x"'],
  [{ kind: 'boolean' }, false, false],
])('%j takes %s', (kind, value, encoded) => {
  expect(encode(kind, value)).toBe(encoded);
});

test.each<readonly [ColumnKind, JsonValue, string | undefined]>([
  [{ kind: 'integer' }, exact('9223372036854775808'), 'big-integer'],
  [{ kind: 'integer' }, 1.5, undefined],
  [{ kind: 'integer' }, 'x', undefined],
  [{ kind: 'integer' }, '', undefined],
  [{ kind: 'integer' }, true, undefined],
  [{ kind: 'big-integer' }, exact(`1${'0'.repeat(38)}`), 'text'],
  [decimal, 1000, 'decimal'],
  [decimal, 1.005, 'decimal'],
  [decimal, exact(`${'9'.repeat(38)}.1`), 'text'],
  [{ kind: 'double' }, exact('9007199254740993'), 'text'],
  [{ kind: 'double' }, exact('0.1234567890123456789'), 'text'],
  [{ kind: 'double' }, 'x', undefined],
  [{ kind: 'date' }, '1970-01-02T10:00:00Z', 'timestamp'],
  [{ kind: 'date' }, 'x', 'text'],
  [{ kind: 'date' }, '', 'text'],
  [{ kind: 'date' }, 7, undefined],
  [{ kind: 'timestamp' }, '0000-00-00 00:00:00', 'text'],
  [{ kind: 'timestamp' }, '+10000-01-01T00:00:00Z', 'text'],
  [{ kind: 'timestamp' }, '', 'text'],
  [{ kind: 'timestamp' }, 7, undefined],
  [{ kind: 'time' }, '10:00+01', 'text'],
  [{ kind: 'boolean' }, 1, undefined],
])('%j does not hold %s', (kind, value, wider) => {
  const encoded = encode(kind, value);
  expect(encoded).toBeInstanceOf(Unfit);
  expect((encoded as Unfit).wider?.kind).toBe(wider);
});

describe('no number changes its value unseen', () => {
  const numbers = fc.oneof(
    fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
    fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(10 ** 9))
      .map(([whole, part]) => `${whole}.${part}`),
  );
  test.each<ColumnKind>([
    { kind: 'integer' },
    { kind: 'big-integer' },
    { kind: 'double' },
    { kind: 'decimal', precision: 38, scale: 9 },
  ])('%j', (kind) => {
    fc.assert(
      fc.property(numbers, (text) => {
        const encoded = encode(kind, parseJson(text));
        if (encoded instanceof Unfit) return;
        const scale = kind.kind === 'decimal' ? `e-${kind.scale}` : '';
        const back = parseJson(`[${String(encoded)}${scale}]`);
        const sent = parseJson(`[${text}]`);
        expect(equalNumbers(stringifyJson(back), stringifyJson(sent))).toBe(true);
      }),
    );
  });
});

/** By cross-multiplication of whole numbers, independent of the code under test. */
function equalNumbers(a: string, b: string): boolean {
  const [left, right] = [fraction(a), fraction(b)];
  return left.top * right.bottom === right.top * left.bottom;
}

function fraction(list: string): { top: bigint; bottom: bigint } {
  const [mantissa = '', exponent = '0'] = list.slice(1, -1).toLowerCase().split('e');
  const [whole = '', part = ''] = mantissa.split('.');
  const top = BigInt(whole + part) * (Number(exponent) > 0 ? 10n ** BigInt(exponent) : 1n);
  return {
    top,
    bottom: 10n ** BigInt(part.length) * (Number(exponent) < 0 ? 10n ** BigInt(-Number(exponent)) : 1n),
  };
}

test('tells when digits of a time are cut', () => {
  const told: string[] = [];
  const encodeTime = encoderOf({ kind: 'timestamp' }, { holdsNul: true, onAltered: (how) => told.push(how) });
  encodeTime('2024-01-01T00:00:00.1234567Z');
  encodeTime('2024-01-01T00:00:00.123456Z');
  expect(told).toEqual(['cut']);
});

const replaced = '\ufffd';

test.each<readonly [string, ColumnKind, JsonValue, string, readonly string[]]>([
  ['half a character', { kind: 'text' }, 'a\ud800', `a${replaced}`, ['surrogate']],
  ['a whole one', { kind: 'text' }, 'whole \ud83d\ude00', 'whole \ud83d\ude00', []],
  ['half a character', { kind: 'json' }, { a: ['\udc00'] }, `{"a":["${replaced}"]}`, ['surrogate']],
  ['half a character in a name', { kind: 'json' }, { '\udc00': 1 }, `{"${replaced}":1}`, ['surrogate']],
  ['its escape as a text', { kind: 'json' }, '\\ud800', '"\\\\ud800"', []],
  ['a zero character', { kind: 'text' }, 'a\0', `a${replaced}`, ['nul']],
  ['a zero character', { kind: 'json' }, ['a\0', 'b'], `["a${replaced}","b"]`, ['nul']],
  ['its escape as a text', { kind: 'json' }, '\\u0000', '"\\\\u0000"', []],
  ['a zero character', { kind: 'text' }, { a: '\0' }, `{"a":"${replaced}"}`, ['nul']],
])('what a database cannot hold is replaced and told of: %s in %j', (_, kind, value, kept, alterations) => {
  const told: string[] = [];
  expect(encoderOf(kind, { holdsNul: false, onAltered: (how) => told.push(how) })(value)).toBe(kept);
  expect(told).toEqual(alterations);
});

test('a zero character stays where the database holds it', () => {
  expect(encode({ kind: 'text' }, 'a\0')).toBe('a\0');
  expect(encode({ kind: 'json' }, 'a\0')).toBe('"a\\u0000"');
});

test('equal objects are equal texts where these are compared', () => {
  const encodeJson = encoderOf({ kind: 'json' }, { holdsNul: true, onAltered: () => {}, sortsMembers: true });
  const text = '{"a":[{"b":1,"c":{}}],"d":null}';
  expect(encodeJson({ a: [{ b: 1, c: {} }], d: null })).toBe(text);
  expect(encodeJson({ d: null, a: [{ c: {}, b: 1 }] })).toBe(text);
});
