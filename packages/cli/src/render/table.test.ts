import { expect, it } from 'vitest';
import { renderTable } from './table.ts';
import { cutMiddle, textWidth } from './text-width.ts';

it('aligns columns by what a terminal shows', () => {
  const rows = [
    ['a', '1'],
    ['日本', '1000'],
    ['\u001b[32mgreen\u001b[39m', '10'],
  ];
  expect(renderTable([{ title: 'name' }, { title: 'n', align: 'right' }], rows)).toEqual([
    'name      n',
    'a         1',
    '日本   1000',
    '\u001b[32mgreen\u001b[39m    10',
  ]);
});

it('measures and cuts text', () => {
  expect(textWidth('e\u0301👍日')).toBe(5);
  expect(cutMiddle('public-very-long-orders', 12, '…')).toBe('public…rders');
  expect(cutMiddle('short', 12, '…')).toBe('short');
});

it('squeezes columns where the terminal is too narrow, the widest first', () => {
  const columns = [
    { title: 'id' },
    { title: 'name', squeeze: 'middle' },
    { title: 'place', squeeze: 'wrap' },
  ] as const;
  const rows = [['1', 'a-name-of-twenty-six-signs', 'one two three four five six seven']];
  expect(renderTable(columns, rows, { width: 40, ellipsis: '…' })).toEqual([
    'id  name               place',
    '1   a-name-o…ix-signs  one two three',
    '                       four five six',
    '                       seven',
  ]);
  expect(renderTable(columns, rows, { width: undefined, ellipsis: '…' })[1]).toContain(rows[0]?.[1]);
  expect(renderTable(columns, rows, { width: 80, ellipsis: '…' })[1]).toContain(rows[0]?.[2]);
});
