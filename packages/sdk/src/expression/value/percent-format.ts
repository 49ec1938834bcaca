import { fail } from '../failure.ts';
import { maxGrownTextLength, maxTextLength } from '../limits.ts';
import { assertSize } from './assert-size.ts';
import { lengthOfText } from './characters.ts';
import { dictGet, isDict } from './dict.ts';
import { formatNumber, type NumberFormat } from './format-number.ts';
import { numberOf, toDecimal } from './numbers.ts';
import { reprOf, textOf } from './text.ts';
import { Tuple, type Value } from './value.ts';

const directive = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?([^])/g;

/** Python's older way of formatting: `'%05d %s' % (id, name)`. */
export function formatWithPercent(template: string, values: Value): string {
  const source = sourceOf(values);
  let length = template.length;
  const result = template.replace(directive, (found, key, flags, width, precision, type) => {
    if (type === '%') return '%';
    const given = {
      flags: String(flags),
      width: source.size(width),
      precision: /\./.test(found) ? (source.size(precision) ?? 0) : undefined,
      type: String(type),
    };
    const value = key === undefined ? source.next() : source.named(String(key));
    const text = formatOne(value, given);
    length += text.length;
    if (length > maxGrownTextLength) fail('IterableTooLong', 'the result is too long');
    return text;
  });
  if (template.replace(directive, '').endsWith('%')) fail('ValueError', 'the format is not finished');
  source.end();
  return result;
}

interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly type: string;
}

function sourceOf(values: Value) {
  const items = values instanceof Tuple ? values.items : [values];
  let taken = 0;
  const next = (): Value => {
    const item = items[taken];
    if (item === undefined) fail('TypeError', 'the format needs more values');
    taken += 1;
    return item;
  };
  return {
    next,
    size(text: string | undefined): number | undefined {
      if (text === undefined) return undefined;
      const size = text === '*' ? Number(numberOf(next())?.value) : Number(text);
      if (!(size <= maxTextLength)) fail('ValueError', 'the format is too wide');
      return size;
    },
    named(key: string): Value {
      if (!isDict(values)) fail('TypeError', 'the format needs a dict');
      taken = 1;
      return dictGet(values, key) ?? fail('KeyError', 'the format names a key that is not there');
    },
    end(): void {
      if (taken < items.length && !isDict(values))
        fail('TypeError', 'the format has fewer places than values');
    },
  };
}

function formatOne(value: Value, { flags, width, precision, type }: Directive): string {
  const format: NumberFormat = {
    fill: flags.includes('0') && !flags.includes('-') ? '0' : ' ',
    align: flags.includes('-') ? '<' : flags.includes('0') ? '=' : '>',
    sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-',
    alternate: flags.includes('#'),
    width: width ?? 0,
    grouping: '',
    precision,
    type,
  };
  switch (type) {
    case 's':
    case 'r':
    case 'a':
      assertSize(value);
      return padded(type === 's' ? textOf(value) : reprOf(value), flags, width, precision);
    case 'c':
      return padded(characterOf(value), flags, width, undefined);
    case 'd':
    case 'i':
    case 'u':
      return formatNumber(
        { type: 'int', value: wholeOf(value) },
        { ...format, type: 'd', precision: undefined },
      );
    case 'x':
    case 'X':
    case 'o':
      return formatNumber(intOnly(value, type), { ...format, precision: undefined });
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return formatNumber(doubleOf(value), format);
    default:
      return fail('ValueError', 'the format has a letter that is not known');
  }
}

function padded(text: string, flags: string, width = 0, precision?: number): string {
  const cut = precision === undefined ? text : Array.from(text).slice(0, precision).join('');
  const space = ' '.repeat(Math.max(0, width - lengthOfText(cut)));
  return flags.includes('-') ? cut + space : space + cut;
}

function characterOf(value: Value): string {
  if (typeof value === 'string' && lengthOfText(value) === 1) return value;
  const number = numberOf(value);
  if (number?.type === 'int' && number.value >= 0 && number.value < 0x110000)
    return String.fromCodePoint(Number(number.value));
  if (number?.type === 'int') fail('OverflowError', 'there is no character with this number');
  return fail('TypeError', '%c needs an int or a single character');
}

function wholeOf(value: Value): number | bigint {
  const number = numberOf(value);
  if (number === undefined) fail('TypeError', '%d needs a number');
  return number.type === 'int' ? number.value : toDecimal(number).truncated();
}

function intOnly(value: Value, type: string) {
  const number = numberOf(value);
  return number?.type === 'int' ? number : fail('TypeError', `%${type} needs an int`);
}

function doubleOf(value: Value) {
  const number = numberOf(value) ?? fail('TypeError', 'the format needs a number');
  return number.type === 'float'
    ? number
    : ({
        type: 'float',
        value: Number(number.type === 'int' ? number.value : number.value.toNumber()),
      } as const);
}
