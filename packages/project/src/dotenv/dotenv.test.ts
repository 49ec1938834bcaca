import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setDotenvVariable, unsetDotenvVariable } from './edit-dotenv.ts';
import { parseDotenv, unreadableLines } from './parse-dotenv.ts';

// Recorded from python-dotenv, as Meltano 4.4.1 has it.
test('the file is read as python-dotenv reads it', () => {
  const text = `A=1
B = two words # c
C='sing \\' le \${A}'
D="dou\\nble \${B:-x} $A"
E=a#b
F=
G
H="multi
line"
I='x' trailing
J=\${NOPE:-dflt}-\${NOPE}
export K=\${HOME}
"Q"=1
L = # only comment
M=#x
# N=1
O="a" # c
P=a\\nb
`;
  expect(parseDotenv(text, { HOME: '/h', A: 'shell' })).toEqual({
    A: '1',
    B: 'two words',
    C: "sing ' le 1",
    D: 'dou\nble two words $A',
    E: 'a#b',
    F: '',
    H: 'multi\nline',
    J: 'dflt-',
    K: '/h',
    '"Q"': '1',
    L: '',
    M: '#x',
    O: 'a',
    P: 'a\\nb',
  });
});

describe('editing', () => {
  const text = '# mine\nexport A="1"  # old\n\nB=2\nA=3';
  test('the last statement is replaced, all others stay', () => {
    expect(setDotenvVariable(text, 'A', "it's \\")).toBe(
      "# mine\nexport A=\"1\"  # old\n\nB=2\nA='it\\'s \\\\'",
    );
    expect(setDotenvVariable('export A=1\n', 'A', 'x')).toBe("export A='x'\n");
    expect(setDotenvVariable(text, 'C', 'x')).toBe(`${text}\nC='x'\n`);
    expect(setDotenvVariable('', 'C', 'x')).toBe("C='x'\n");
  });
  test('all statements of a variable are removed', () => {
    expect(unsetDotenvVariable(text, 'A')).toBe('# mine\n\nB=2\n');
    expect(unsetDotenvVariable(text, 'X')).toBe(text);
  });
  test('any value reads as it was set, the rest stays as it was', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 40 }),
        fc.string({ unit: fc.constantFrom("'", '\\', '"', '\n', '#', ' ', '=', 'a', '\r\n') }),
        (tail, value) => {
          const before = "X='1'\n# c\nY=2\n";
          const set = setDotenvVariable(before, 'Z', value);
          expect(parseDotenv(set, {})).toEqual({ X: '1', Y: '2', Z: value });
          expect(unsetDotenvVariable(set, 'Z')).toBe(before);
          const untouched = setDotenvVariable(`# ${tail.replace(/[\r\n]/g, '')}\n`, 'Z', value);
          expect(untouched.startsWith(`# ${tail.replace(/[\r\n]/g, '')}\n`)).toBe(true);
        },
      ),
    );
  });
});

test('lines that are skipped are told by their numbers', () => {
  const text = '# c\nA=1\n\nnot a statement\nB="two\nlines"\r\nC=\'x\' trailing\nexport D\n=x\n';
  expect(unreadableLines(text)).toEqual([4, 7, 9]);
  expect(unreadableLines('')).toEqual([]);
});
