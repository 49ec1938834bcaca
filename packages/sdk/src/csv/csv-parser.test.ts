import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CsvDialect } from './csv-dialect.ts';
import { type CsvFault, createCsvParser } from './csv-parser.ts';

const format: CsvDialect = {
  delimiter: ',',
  quote: '"',
  escape: undefined,
  doubleQuote: true,
  skipInitialSpace: false,
};

const faultOf = ({ line, problem }: CsvFault) => new Error(`x.csv:${line} ${problem}`);

function parse(text: string, cuts: readonly number[] = [], own: Partial<CsvDialect> = {}) {
  const parser = createCsvParser({ ...format, ...own }, faultOf);
  const rows = [];
  let start = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    rows.push(...parser.push(text.slice(start, cut)));
    start = Math.max(start, cut);
  }
  return [...rows, ...parser.push(text.slice(start)), ...parser.end()];
}

const field = fc.oneof(fc.string({ maxLength: 8 }), fc.stringMatching(/^[",\r\n a]{0,6}$/));
const table = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test('reads back every table, with any line end, however the text is cut', () => {
  fc.assert(
    fc.property(
      table,
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(60)),
      fc.boolean(),
      (rows, end, cuts, last) => {
        // A single empty field cannot be told from a blank line, unless it is quoted.
        const line = (row: readonly string[]) =>
          row.length === 1 && row[0] === '' ? '""' : row.map(quote).join(',');
        const text = rows.map(line).join(end) + (last && rows.length > 0 ? end : '');
        expect(parse(text, cuts).map((row) => row.fields)).toEqual(rows);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('tells the line on which each row begins', () => {
  expect(parse('a\n"b\nb\r\nb",c\n\nd\r\ne').map((row) => row.line)).toEqual([1, 2, 6, 7]);
});

test.each<readonly [string, Partial<CsvDialect>, readonly (readonly string[])[]]>([
  ["'a;b';c", { delimiter: ';', quote: "'" }, [['a;b', 'c']]],
  ['"a\\"b",c\\,d', { escape: '\\', doubleQuote: false }, [['a"b', 'c,d']]],
  ['a, "b, c"', { skipInitialSpace: true }, [['a', 'b, c']]],
  ['a,b"c', {}, [['a', 'b"c']]],
  ['"a"b,c', {}, [['ab', 'c']]],
  ['"",', {}, [['', '']]],
  ['a\\', { escape: '\\' }, [['a\\']]],
  ["'a'';b';c''d", { delimiter: ';', quote: "'" }, [["a';b", "c''d"]]],
  ['"a""b","c"""', { escape: '"' }, [['a"b', 'c"']]],
  ['  \n x,  y', { skipInitialSpace: true }, [[''], ['x', 'y']]],
  [
    'a,\n,',
    {},
    [
      ['a', ''],
      ['', ''],
    ],
  ],
])('%j', (text, own, rows) => {
  expect(parse(text, [], own).map((row) => row.fields)).toEqual(rows);
});

test('however a text with escapes is cut, its rows are the same', () => {
  const own = { escape: '\\', skipInitialSpace: true };
  fc.assert(
    fc.property(fc.stringMatching(/^[",\\\r\n a]{0,12}$/), fc.array(fc.nat(12)), (text, cuts) => {
      const outcome = (at: readonly number[]) => {
        try {
          return parse(text, at, own);
        } catch (error) {
          return String(error);
        }
      };
      expect(outcome(cuts)).toEqual(outcome([]));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['a\n"b\nc', 2],
  ['a,b,c\n"1\n\n",2,"x\n3,4,5', 4],
])('names the line on which a quote that is never closed was opened', (text, line) => {
  expect(() => parse(text)).toThrow(`x.csv:${line} opens a quote that is never closed`);
});

test('a row without end is told as what it is, and each character is looked at once', () => {
  const endless = (start: string, piece: string) => {
    const parser = createCsvParser(format, faultOf);
    parser.push(start);
    // Reading a row again with every piece would take hours.
    for (let at = 0; at < 20_000; at += 1) parser.push(piece);
    return parser.end();
  };
  const piece = `${'some text, with quotes in it\n'.repeat(150)}""`;
  expect(() => endless('a,b\n\n1,"2\n', piece)).toThrow('x.csv:3 opens a quote that is never closed');
  const flat = 'no line end '.repeat(400);
  expect(() => endless('a\n', flat)).toThrow('x.csv:2 begins a row of more than 67108864 characters');
}, 60_000);
