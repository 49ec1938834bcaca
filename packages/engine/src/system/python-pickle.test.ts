import { isAppError } from '@meltano/foundation/errors';
import { ExactNumber, type JsonValue, jsonEquals, parseJson, stringifyJson } from '@meltano/foundation/json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePickle, renderPickle } from './python-pickle.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');

/** `pickle.dumps(value, protocol=5).hex()` of CPython 3.11. */
const written: readonly (readonly [JsonValue, string])[] = [
  ['info', '80059508000000000000008c04696e666f942e'],
  ['é\n', '80059507000000000000008c03c3a90a942e'],
  ['', '80059504000000000000008c00942e'],
  [true, '8005882e'],
  [false, '8005892e'],
  [null, '80054e2e'],
  [0, '80054b002e'],
  [255, '80054bff2e'],
  [256, '80059504000000000000004d00012e'],
  [65536, '80059506000000000000004a000001002e'],
  [-1, '80059506000000000000004affffffff2e'],
  [2147483648, '80059508000000000000008a0500000080002e'],
  [-2147483649, '80059508000000000000008a05ffffff7fff2e'],
  [new ExactNumber('9223372036854775808'), '8005950c000000000000008a090000000000000080002e'],
  [new ExactNumber('12345678901234567890123'), '8005950d000000000000008a0acb444271764eb6429d022e'],
  [1.5, '8005950a00000000000000473ff80000000000002e'],
  [[], '80055d942e'],
  [[1], '80059506000000000000005d944b01612e'],
  [[1, 'a'], '8005950b000000000000005d94284b018c016194652e'],
  [{}, '80057d942e'],
  [{ a: 1 }, '8005950a000000000000007d948c0161944b01732e'],
  [
    { a: [1, null], b: { c: 'x' } },
    '8005951f000000000000007d94288c0161945d94284b014e658c0162947d948c0163948c01789473752e',
  ],
];

describe('pickle', () => {
  it.each(written)('%j is written as CPython writes it, and read back', (value, expected) => {
    expect(hex(renderPickle(value))).toBe(expected);
    expect(stringifyJson(parsePickle(bytes(expected)))).toBe(stringifyJson(value));
  });

  it.each([
    ['tuples', '80059507000000000000004b014b0286942e', [1, 2]],
    ['one-tuples', '80059505000000000000004b0185942e', [1]],
    ['long tuples', '8005950c00000000000000284b014b024b034b0474942e', [1, 2, 3, 4]],
    ['the empty tuple', '8005292e', []],
    [
      'protocol 0',
      '286470300a56610a70310a286c70320a49310a6146322e350a614930310a614e6156e90a70330a617356620a70340a2849310a49320a7470350a732e',
      { a: [1, 2.5, true, null, 'é'], b: [1, 2] },
    ],
    [
      'protocol 2',
      '80027d71002858010000006171015d7102284b01474004000000000000884e5802000000c3a971036558010000006271044b014b02867105752e',
      { a: [1, 2.5, true, null, 'é'], b: [1, 2] },
    ],
  ])('%s are read', (_name, text, value) => {
    expect(parsePickle(bytes(text))).toEqual(value);
  });

  it('what would import or call is refused', () => {
    // pickle.dumps(datetime.date(2020, 1, 1))
    const date = '80049520000000000000008c086461746574696d65948c0464617465949394430407e4010194859452942e';
    expect(() => parsePickle(bytes(date))).toThrow(
      expect.objectContaining({ code: 'system.invalid_pickle' }),
    );
    expect(() => parsePickle(bytes('636f730a73797374656d0a'))).toThrow(
      expect.objectContaining({ code: 'system.invalid_pickle' }),
    );
  });

  it('any value survives, and any bytes end in a value or a clear error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const value = parseJson(JSON.stringify(json));
        expect(jsonEquals(parsePickle(renderPickle(value)), value)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
        expect(codeOf(() => parsePickle(data))).toBeOneOf([undefined, 'system.invalid_pickle']);
      }),
    );
  });
});

/** The code of the error that the work throws; undefined when it throws none. */
function codeOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return isAppError(error) ? error.code : error;
  }
}
