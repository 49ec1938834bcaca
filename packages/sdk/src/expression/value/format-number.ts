import { fail } from '../failure.ts';
import { Decimal } from './decimal.ts';
import { decimalText } from './format-decimal.ts';
import { doubleText } from './format-double.ts';
import { intToNumber } from './integer.ts';
import type { NumberOf } from './numbers.ts';
import { intText } from './text.ts';

/** A format as `{value:spec}` and `%` write it. */
export interface NumberFormat {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  /** `,`, `_` or nothing. */
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

export function formatNumber(number: NumberOf, format: NumberFormat): string {
  const { negative, prefix = '', body } = bodyOf(number, format);
  const sign = negative ? '-' : format.sign === '-' ? '' : format.sign;
  return laidOut(sign + prefix, body, format);
}

interface Body {
  readonly negative: boolean;
  /** `0x` and the like, which stands before the zeros that fill. */
  readonly prefix?: string;
  /** Without a sign; perhaps with `.`, an exponent, `%`. */
  readonly body: string;
}

function bodyOf(number: NumberOf, format: NumberFormat): Body {
  if (number.type === 'int' && /^[bcdoxXn]?$/.test(format.type))
    return bodyOfInt(BigInt(number.value), format);
  if (!/^[eEfFgGn%]?$/.test(format.type)) fail('ValueError', `a ${number.type} has no format ${format.type}`);
  if (number.type === 'Decimal') {
    const { digits, exponent } = number.value;
    const size = new Decimal(digits < 0n ? -digits : digits, exponent);
    return { negative: digits < 0n, body: decimalText(size, format) };
  }
  const value = number.type === 'int' ? intToNumber(number.value) : number.value;
  return { negative: value < 0 || Object.is(value, -0), body: doubleText(Math.abs(value), format) };
}

const radixes: Readonly<Record<string, readonly [number, string]>> = {
  b: [2, '0b'],
  o: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function bodyOfInt(value: bigint, { type, alternate, precision }: NumberFormat): Body {
  if (precision !== undefined) fail('ValueError', 'an int has no digits after the point');
  const negative = value < 0n;
  const size = negative ? -value : value;
  if (type === 'c') {
    if (value > 0x10ffffn || negative) fail('OverflowError', 'there is no character with this number');
    return { negative, body: String.fromCodePoint(Number(size)) };
  }
  const [radix, prefix] = radixes[type] ?? [10, ''];
  const digits = radix === 10 ? intText(size) : size.toString(radix);
  return {
    negative,
    prefix: alternate ? prefix : '',
    body: type === 'X' ? digits.toUpperCase() : digits,
  };
}

function laidOut(sign: string, body: string, format: NumberFormat): string {
  const { fill, align, width, grouping } = format;
  if (grouping === '') return filled(sign, body, { fill, align, width });
  const [whole = '', rest = ''] = split(body);
  const size = grouping === '_' && /^[boxX]$/.test(format.type) ? 4 : 3;
  const zeros = fill === '0' && align === '=' ? width - sign.length - rest.length : 0;
  return filled(sign, grouped(whole, size, grouping, zeros) + rest, { fill, align, width });
}

function split(body: string): readonly string[] {
  const at = body.search(/[^0-9a-fA-F]|e[-+]/);
  return at === -1 ? [body, ''] : [body.slice(0, at), body.slice(at)];
}

/** With separators, and as many leading zeros as the width asks for. */
function grouped(digits: string, size: number, separator: string, width: number): string {
  // inf and nan have none.
  if (digits === '') return '';
  let padded = digits;
  const lengthWith = (text: string) => text.length + Math.floor((text.length - 1) / size);
  while (lengthWith(padded) < width) padded = `0${padded}`;
  return padded.replace(new RegExp(`(?!^)(?=(?:.{${size}})+$)`, 'g'), separator);
}

function filled(
  sign: string,
  body: string,
  { fill, align, width }: { readonly fill: string; readonly align: string; readonly width: number },
): string {
  const space = Math.max(0, width - sign.length - Array.from(body).length);
  switch (align) {
    case '=':
      return sign + fill.repeat(space) + body;
    case '<':
      return sign + body + fill.repeat(space);
    case '^':
      return fill.repeat(Math.floor(space / 2)) + sign + body + fill.repeat(Math.ceil(space / 2));
    default:
      return fill.repeat(space) + sign + body;
  }
}
