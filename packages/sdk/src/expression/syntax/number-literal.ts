import { fail } from '../failure.ts';
import type { NumberToken } from './token.ts';

const literal =
  /(0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)|((?:\d(?:_?\d)*)?\.\d(?:_?\d)*|\d(?:_?\d)*\.?)([eE][-+]?\d(?:_?\d)*)?/y;

/** Reads a number as Python writes it: `1_000`, `0xff`, `1e-3`, `.5`. */
export function readNumber(text: string, start: number): NumberToken {
  literal.lastIndex = start;
  const match = literal.exec(text);
  if (match === null) fail('SyntaxError', 'this is no number', { start, end: start + 1 });
  const [all, prefixed, plain = '', exponent = ''] = match;
  const end = start + all.length;
  if (/[\p{L}\p{N}_]/u.test(text.charAt(end))) return misfit(text.charAt(end), start, end);
  const digits = all.replaceAll('_', '');
  if (prefixed !== undefined) return { kind: 'number', value: BigInt(digits.toLowerCase()), start, end };
  if (plain.includes('.') || exponent !== '') return { kind: 'number', value: Number(digits), start, end };
  if (/^0+[1-9]/.test(digits)) fail('SyntaxError', 'a number cannot begin with zeros', { start, end });
  return { kind: 'number', value: BigInt(digits), start, end };
}

function misfit(next: string, start: number, end: number): never {
  if (next === 'j' || next === 'J')
    fail('FeatureNotAvailable', 'complex numbers are not available', { start, end: end + 1 });
  fail('SyntaxError', 'this is no number', { start, end: end + 1 });
}
