import { expect, test } from 'vitest';
import { convertDecoder } from './convert-decoder.ts';
import type { ImportProblem } from './problem.ts';

function convert(decoder: Parameters<typeof convertDecoder>[0]) {
  const problems: ImportProblem[] = [];
  const { decode } = convertDecoder(decoder, { path: 'decoder', problems });
  return { decode, problems: problems.map(({ path, reason }) => `${path}: ${reason}`) };
}

test.each([
  [undefined, undefined],
  [{ type: 'JsonDecoder' }, undefined],
  [{ type: 'JsonlDecoder' }, { type: 'json_lines' }],
  [{ type: 'IterableDecoder' }, { type: 'lines', as: 'record' }],
  [
    { type: 'JsonItemsDecoder', items_path: 'a.item.b' },
    { type: 'json', at: '$["a"][*]["b"][*]' },
  ],
  [{ type: 'CsvDecoder' }, { type: 'csv' }],
  [
    { type: 'CsvDecoder', delimiter: '\\t', encoding: 'latin-1', set_values_to_none: [''] },
    { type: 'csv', delimiter: '\t', nulls: [''], charset: 'latin1' },
  ],
  [
    { type: 'GzipDecoder', decoder: { type: 'CsvDecoder', encoding: 'utf_8_sig' } },
    { type: 'gzip', of: { type: 'csv' } },
  ],
  [
    { type: 'GzipDecoder', decoder: { type: 'JsonDecoder' } },
    { type: 'gzip', of: { type: 'json' } },
  ],
  [
    {
      type: 'CompositeRawDecoder',
      parser: { type: 'GzipParser', inner_parser: { type: 'JsonLineParser', encoding: 'cp1252' } },
    },
    { type: 'gzip', of: { type: 'json_lines', charset: 'cp1252' } },
  ],
])('%j', (decoder, expected) => {
  expect(convert(decoder)).toEqual({ decode: expected, problems: [] });
});

test.each([
  [{ type: 'ZipfileDecoder', decoder: { type: 'CsvDecoder' } }, 'decoder: files in zip are not read'],
  [{ type: 'XmlDecoder' }, 'decoder: XML is not read without code'],
  [{ type: 'CustomDecoder' }, 'decoder: it is code'],
  [{ type: 'CsvDecoder', delimiter: '||' }, 'decoder.delimiter: the delimiter must be one character'],
  [{ type: 'CsvDecoder', encoding: 'ebcdic' }, 'decoder.encoding: the encoding ebcdic is not known'],
  [
    { type: 'GzipDecoder', decoder: { type: 'GzipDecoder', decoder: { type: 'CsvDecoder' } } },
    'decoder.decoder: gzip in gzip is not read',
  ],
])('%j is not taken', (decoder, problem) => {
  expect(convert(decoder).problems).toEqual([problem]);
});
