import { describe, expect, test } from 'vitest';
import { splitTypedWords } from './split-typed-words.ts';
import { parseTypedLine } from './typed-line.ts';

test.each([
  ['', []],
  ['a  b\nc', ['a', 'b', 'c']],
  [`a 'b c' "d \\" e" f\\ g`, ['a', 'b c', 'd " e', 'f g']],
  [`a ''`, ['a', '']],
  [`a 'b c`, ['a', 'b c']],
])('words of %j', (text, words) => {
  expect(splitTypedWords(text)).toEqual(words);
});

describe('bash', () => {
  const bash = (words: string, at: number) =>
    parseTypedLine('bash', { COMP_WORDS: words, COMP_CWORD: String(at) });
  test('words behind the cursor do not count', () => {
    expect(bash('meltano run tap-a target-b', 2)).toEqual({ args: ['run'], incomplete: 'tap-a', kept: '' });
    expect(bash('meltano run ', 2)).toEqual({ args: ['run'], incomplete: '', kept: '' });
  });
  test('words that bash broke at colons and equal signs are joined, and what it keeps is known', () => {
    expect(bash('meltano invoke dbt : ru', 4)).toEqual({
      args: ['invoke'],
      incomplete: 'dbt:ru',
      kept: 'dbt:',
    });
    expect(bash('meltano invoke dbt :', 3)).toMatchObject({ incomplete: 'dbt:', kept: 'dbt:' });
    expect(bash('meltano run --state-strategy = m', 4)).toMatchObject({
      args: ['run'],
      incomplete: '--state-strategy=m',
      kept: '--state-strategy=',
    });
    expect(bash('meltano run --state-strategy = merge tap', 5)).toMatchObject({
      args: ['run', '--state-strategy=merge'],
      incomplete: 'tap',
    });
  });
});

test('zsh keeps words whole; fish says the unfinished word itself', () => {
  expect(parseTypedLine('zsh', { COMP_WORDS: 'meltano invoke dbt:ru', COMP_CWORD: '2' })).toEqual({
    args: ['invoke'],
    incomplete: 'dbt:ru',
    kept: '',
  });
  expect(parseTypedLine('fish', { COMP_WORDS: 'meltano run ta', COMP_CWORD: 'ta' })).toEqual({
    args: ['run'],
    incomplete: 'ta',
    kept: '',
  });
  expect(parseTypedLine('fish', { COMP_WORDS: 'meltano run ', COMP_CWORD: '' })).toEqual({
    args: ['run'],
    incomplete: '',
    kept: '',
  });
});
