import { fail } from '../failure.ts';
import { maxTextLength } from '../limits.ts';
import { charactersOf, lengthOfText } from './characters.ts';
import { formatNumber, type NumberFormat } from './format-number.ts';
import { numberOf } from './numbers.ts';
import { textOf } from './text.ts';
import { Boxed, kindOf, type Value } from './value.ts';

/** Values of time, which take a format of `strftime`. */
export interface Formattable {
  format(spec: string): string;
}

const pattern = /^(?:([^])?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([^])?$/u;

/** A value in the format that stands after the colon of `{value:format}`. */
export function formatValue(value: Value, spec: string): string {
  if (value instanceof Boxed && 'format' in value && typeof value.format === 'function')
    return spec === '' ? textOf(value) : (value as Boxed & Formattable).format(spec);
  if (spec === '') return textOf(value);
  const number = numberOf(value);
  if (number === undefined && typeof value !== 'string')
    fail('TypeError', `a ${kindOf(value)} has no such format`);
  const format = parseFormat(spec);
  if (number?.type === 'Decimal' && format.zeros && format.align !== '')
    fail('ValueError', 'a Decimal is filled with zeros or aligned, not both');
  // A boolean is shown as an int as soon as there is a format.
  if (number !== undefined)
    return formatNumber(number, {
      ...format,
      align: format.align === '' ? (format.zeros ? '=' : '>') : format.align,
    });
  return formatText(String(value), format);
}

interface WrittenFormat extends NumberFormat {
  /** A `0` before the width. */
  readonly zeros: boolean;
}

function parseFormat(spec: string): WrittenFormat {
  const match = pattern.exec(spec);
  if (match === null) fail('ValueError', 'this is no format');
  const [, fill, align = '', sign = '-', alternate, zero, width = '0', grouping = '', precision, type = ''] =
    match;
  if (Number(width) > maxTextLength || Number(precision ?? 0) > maxTextLength)
    fail('ValueError', 'the format is too wide');
  return {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align,
    sign,
    alternate: alternate !== undefined,
    zeros: zero !== undefined,
    width: Number(width),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
}

function formatText(
  text: string,
  { fill, align, type, width, precision, sign, grouping }: WrittenFormat,
): string {
  if ((type !== '' && type !== 's') || align === '=' || sign !== '-' || grouping !== '')
    fail('ValueError', 'a text has no such format');
  const cut = precision === undefined ? text : charactersOf(text).slice(0, precision).join('');
  const space = Math.max(0, width - lengthOfText(cut));
  if (align === '>') return fill.repeat(space) + cut;
  if (align === '^') return fill.repeat(Math.floor(space / 2)) + cut + fill.repeat(Math.ceil(space / 2));
  return cut + fill.repeat(space);
}
