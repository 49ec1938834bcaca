import { describe, expect, test } from 'vitest';
import { renderPreview } from './preview.ts';
import { createGlyphs, createStyle } from './style.ts';
import { textWidth } from './text-width.ts';

const schema = { type: 'object', properties: { id: {}, unused: {}, name: {} } };
const records = [
  { name: 'Ann\n\u001b[31mred', id: 1, extra: { a: [1] } },
  { id: 2, name: null },
];
const render = (
  width: number | undefined,
  given: readonly Record<string, never>[] | typeof records = records,
) =>
  renderPreview(
    { stream: 'people', schema, records: given, complete: given.length < 2 },
    { style: createStyle(false), glyphs: createGlyphs({ LANG: 'C.UTF-8' }), width },
  );

test('columns as the schema has them, nothing cut without a terminal, control characters harmless', () => {
  expect(render(undefined)).toEqual([
    'people  first 2 records',
    'id  name                extra',
    '1   Ann\\n\\u001b[31mred  {"a":[1]}',
    '2   null',
  ]);
});

describe('at a terminal', () => {
  test('columns that do not fit are named', () => {
    expect(render(24)).toEqual([
      'people  first 2 records',
      'id  name',
      '1   Ann\\n\\u001b[31mred',
      '2   null',
      '… 1 more column: extra',
    ]);
  });
  test('no line is wider, and long values are cut', () => {
    const wide = [{ text: '語'.repeat(100) }, { text: 'x'.repeat(100) }] as never[];
    for (const width of [10, 33, 80]) {
      const lines = render(width, wide).slice(1);
      expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(Math.min(width, 32));
      expect(lines[1]).toMatch(/語…$/);
    }
  });
});

test('an empty stream', () => {
  expect(render(80, [])).toEqual(['people  no records']);
});
