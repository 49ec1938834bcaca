import { expect, test } from 'vitest';
import { parseIni, renderIni } from './ini.ts';

test('what is written is what was read, without comments', () => {
  const text = `# first
[b]
Name : x = y
empty =
; more
long = 1
    2

    [3]

[DEFAULT]
all=1
`;
  const written = renderIni(parseIni(text));
  expect(written).toBe('[DEFAULT]\nall = 1\n\n[b]\nname = x = y\nempty = \nlong = 1\n\t2\n\t\n\t[3]\n\n');
  expect(renderIni(parseIni(written))).toBe(written);
});

test('a default section without options is not written', () => {
  expect(renderIni(parseIni('[DEFAULT]\n[a]\n'))).toBe('[a]\n\n');
});

test.each([
  ['A warning\n[a]\n', 'line 1 stands in no section'],
  ['[a]\nx = 1\nX = 2\n', "line 3: 'x' stands there twice"],
  ['[a]\n[b]\n[a]\n', 'line 3: the section [a] stands there twice'],
  ['[a]\nword\n', 'line 2 is no option with a value'],
])('%j is refused', (text, message) => {
  expect(() => parseIni(text)).toThrow(message);
});
