import { expect, test } from 'vitest';
import { splitWords } from './split-words.ts';

// Right: what `shlex.split` of Python 3.11 answers.
test.each([
  ['', []],
  ['  run --select x ', ['run', '--select', 'x']],
  ['a "b c" \'d e\'', ['a', 'b c', 'd e']],
  ['--vars=\'{"a": 1}\'', ['--vars={"a": 1}']],
  ['x"y z"w', ['xy zw']],
  ["''", ['']],
  ['a\\ b c', ['a b', 'c']],
  ['"a\\"b" "a\\nb"', ['a"b', 'a\\nb']],
  ["'a\\b'", ['a\\b']],
  ['\\$HOME $HOME', ['$HOME', '$HOME']],
  ['a # b', ['a', '#', 'b']],
])('%j', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

test.each(['"open', "it's", 'end\\'])('%j does not end', (text) => {
  expect(() => splitWords(text)).toThrow(expect.objectContaining({ code: 'invoke.unbalanced_quotes' }));
});
