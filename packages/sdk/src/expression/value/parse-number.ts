import { fail } from '../failure.ts';
import { maxNumberDigits } from '../limits.ts';
import { asciiDigits, strippedEnd, strippedStart } from './characters.ts';
import { type Int, narrow } from './integer.ts';

const prefixes: Readonly<Record<string, number>> = { '0x': 16, '0o': 8, '0b': 2 };

/** What `int(text, base)` reads. */
export function parseIntText(text: string, base: number): Int {
  if (base !== 0 && (base < 2 || base > 36)) fail('ValueError', 'a base is 0 or between 2 and 36');
  const clean = asciiDigits(strippedEnd(strippedStart(text))).toLowerCase();
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/s.exec(clean) ?? [];
  const written = prefixes[body.slice(0, 2)];
  const prefixed = written !== undefined && (base === written || base === 0);
  const radix = base === 0 ? (written ?? 10) : base;
  const digits = prefixed ? body.slice(2).replace(/^_/, '') : body;
  if (!/^[0-9a-z]+(?:_[0-9a-z]+)*$/.test(digits) || (base === 0 && !prefixed && /^0+_*[1-9]/.test(digits)))
    fail('ValueError', 'the text is not an int');
  const plain = digits.replaceAll('_', '');
  if (plain.length > maxNumberDigits && (radix & (radix - 1)) !== 0)
    fail('ValueError', `the text has more than ${maxNumberDigits} digits`);
  const value = bigintOf(plain, radix);
  return narrow(sign === '-' ? -value : value);
}

function bigintOf(digits: string, radix: number): bigint {
  const largest = radix <= 10 ? String(radix - 1) : (radix - 1).toString(36);
  for (const digit of digits)
    if (digit > largest)
      fail('ValueError', radix === 10 ? 'the text is not an int' : 'the text is not an int of this base');
  if (radix === 10) return BigInt(digits);
  if (radix === 16) return BigInt(`0x${digits}`);
  if (digits.length > maxNumberDigits) fail('ValueError', 'the text has too many digits');
  let value = 0n;
  for (const digit of digits) value = value * BigInt(radix) + BigInt(Number.parseInt(digit, 36));
  return value;
}

const float = /^[+-]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[+-]?\d[\d_]*)?$/;
const notFinite = /^([+-]?)(?:inf(?:inity)?|(nan))$/;
/** An underscore stands between two digits or nowhere. */
const strayUnderscore = /_(?!\d)|(?<!\d)_/;

/** What `float(text)` reads. */
export function parseFloatText(text: string): number {
  const clean = asciiDigits(strippedEnd(strippedStart(text))).toLowerCase();
  const word = notFinite.exec(clean);
  if (word !== null) return word[2] === undefined ? Number(`${word[1]}Infinity`) : Number.NaN;
  if (!float.test(clean) || strayUnderscore.test(clean)) fail('ValueError', 'the text is not a float');
  return Number(clean.replaceAll('_', ''));
}
