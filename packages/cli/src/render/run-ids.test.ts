import { expect, it } from 'vitest';
import { ambiguousRun, shownIds, shownStart } from './run-ids.ts';

const one = '01a216b3-e113-74e9-a199-409ba77c62f3';
const other = '01a216b3-db75-703e-8c68-cdb812a943cb';
const twin = '01a216b3-e113-7abc-8c68-cdb812a943cb';

it('shortens ids on a narrow terminal, never so far that two are one', () => {
  expect(shownIds([one, other], 80)).toEqual(['01a216b3-e113', '01a216b3-db75']);
  expect(shownIds([one, twin], 80)).toEqual(['01a216b3-e113-74', '01a216b3-e113-7a']);
  expect(shownIds([one, one], 80)).toEqual(['01a216b3-e113', '01a216b3-e113']);
  expect(shownIds([one], 110)).toEqual([one]);
  expect(shownIds([one], undefined)).toEqual([one]);
});

it('shows minutes where seconds have no room', () => {
  const at = Date.UTC(2026, 10, 26, 9, 5, 7);
  expect(shownStart(at, 80)).toBe('2026-11-26 09:05');
  expect(shownStart(at, undefined)).toBe('2026-11-26 09:05:07');
});

it('names what a beginning could mean', () => {
  expect(ambiguousRun('01', [one, other])).toMatchObject({
    message: "2 runs begin with '01'",
    hint: `type more of the one that is meant:\n${one}\n${other}`,
  });
  const many = Array.from({ length: 7 }, (_, index) => `id-${index}`);
  expect(ambiguousRun('id', many).hint?.split('\n')).toHaveLength(7);
  expect(ambiguousRun('id', many).hint).toContain('and 2 more');
});
