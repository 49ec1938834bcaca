import { fail } from '../failure.ts';
import { whitespace } from '../value/characters.ts';
import { assertDay, daysOfIsoWeek, toDays, weekdayOf } from './calendar.ts';
import { microsOf } from './clock-text.ts';
import { DateTime } from './date-time.ts';
import { months, weekdays } from './names.ts';
import { utc, Zone } from './zone.ts';

type Fields = Record<string, number | undefined> & { zone?: Zone };

interface Directive {
  readonly pattern: string;
  set(fields: Fields, text: string): void;
}

const number = (pattern: string, name: string): Directive => ({
  pattern,
  set(fields, text) {
    fields[name] = Number(text);
  },
});

const oneOf = (names: readonly string[], name: string, first: number): Directive => ({
  pattern: [...names].sort((a, b) => b.length - a.length).join('|'),
  set(fields, text) {
    fields[name] = names.findIndex((each) => each.toLowerCase() === text.toLowerCase()) + first;
  },
});

const short = (names: readonly string[]) => names.map((name) => name.slice(0, 3));

const directives: Readonly<Record<string, Directive>> = {
  Y: number('\\d{4}', 'year'),
  y: {
    pattern: '\\d{2}',
    set(fields, text) {
      // As POSIX says: from 69 on it is the last century.
      fields['year'] = Number(text) + (Number(text) < 69 ? 2000 : 1900);
    },
  },
  m: number('1[0-2]|0[1-9]|[1-9]', 'month'),
  d: number('3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]', 'day'),
  j: number('36[0-6]|3[0-5]\\d|[12]\\d{2}|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]', 'dayOfYear'),
  H: number('2[0-3]|[01]\\d|\\d', 'hour'),
  I: number('1[0-2]|0[1-9]|[1-9]', 'hour12'),
  M: number('[0-5]\\d|\\d', 'minute'),
  S: number('6[01]|[0-5]\\d|\\d', 'second'),
  f: {
    pattern: '\\d{1,6}',
    set(fields, text) {
      fields['microsecond'] = Number(text.padEnd(6, '0'));
    },
  },
  p: oneOf(['am', 'pm'], 'half', 0),
  A: oneOf(weekdays, 'weekday', 0),
  a: oneOf(short(weekdays), 'weekday', 0),
  B: oneOf(months, 'month', 1),
  b: oneOf(short(months), 'month', 1),
  w: number('[0-6]', 'sundayBased'),
  u: number('[1-7]', 'isoWeekday'),
  G: number('\\d{4}', 'isoYear'),
  V: number('5[0-3]|0[1-9]|[1-4]\\d|\\d', 'isoWeek'),
  U: number('5[0-3]|[0-4]\\d|\\d', 'weekFromSunday'),
  W: number('5[0-3]|[0-4]\\d|\\d', 'weekFromMonday'),
  z: {
    pattern: '[+-]\\d{2}:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|Z',
    set(fields, text) {
      fields.zone = zoneOf(text);
    },
  },
  Z: {
    pattern: 'utc|gmt',
    // A name alone makes no timezone in Python either.
    set() {},
  },
};

const composed: Readonly<Record<string, string>> = {
  c: '%a %b %d %H:%M:%S %Y',
  x: '%m/%d/%y',
  X: '%H:%M:%S',
};

function zoneOf(text: string): Zone {
  if (text === 'Z') return utc;
  const [, sign, hours, minutes, seconds = '0', fraction = ''] =
    /^([+-])(\d{2}):?(\d{2})(?::?(\d{2})(?:\.(\d+))?)?$/.exec(text) ?? [];
  const size =
    (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000 +
    Number(fraction.padEnd(6, '0'));
  return size === 0 ? utc : new Zone(sign === '-' ? -size : size);
}

interface Format {
  readonly pattern: RegExp;
  readonly order: readonly Directive[];
}

const formats = new Map<string, Format>();

/** Python's `datetime.strptime`. */
export function parseTime(text: string, format: string): DateTime {
  const known = formats.get(format) ?? compileFormat(format);
  const match = known.pattern.exec(text);
  if (match === null) fail('ValueError', 'the text does not fit the format of strptime');
  const fields: Fields = {};
  known.order.forEach((directive, at) => directive.set(fields, match[at + 1] ?? ''));
  return dateTimeOf(fields);
}

function compileFormat(format: string): Format {
  const order: Directive[] = [];
  const whole = format.replace(/%([cxX])/g, (_found, letter: string) => composed[letter] ?? '');
  const source = whole.replace(/%([^]?)|\s+|[.*+?^${}()|[\]\\/]/g, (found, letter: string | undefined) => {
    if (letter === undefined) return found.trim() === '' ? `[${whitespace}]+` : `\\${found}`;
    if (letter === '%') return '%';
    const directive = directives[letter];
    if (directive === undefined) fail('ValueError', 'the format of strptime has a letter that is not known');
    order.push(directive);
    return `(${directive.pattern})`;
  });
  const compiled = { pattern: new RegExp(`^${source}$`, 'i'), order };
  if (formats.size > 100) formats.clear();
  formats.set(format, compiled);
  return compiled;
}

function dateTimeOf(fields: Fields): DateTime {
  const { hour12, half, second = 0 } = fields;
  const hour = hour12 === undefined ? (fields['hour'] ?? 0) : (hour12 % 12) + (half === 1 ? 12 : 0);
  const micros = microsOf({
    hour,
    minute: fields['minute'] ?? 0,
    second,
    microsecond: fields['microsecond'] ?? 0,
  });
  return new DateTime(daysOf(fields), micros, fields.zone);
}

/** By month and day, by the day of the year, or by weeks. */
function daysOf(fields: Fields): number {
  const { isoYear, isoWeek, dayOfYear, year, weekFromSunday, weekFromMonday } = fields;
  const weekday = weekdayIn(fields);
  if (isoYear !== undefined || isoWeek !== undefined) {
    if (isoYear === undefined || isoWeek === undefined || weekday === undefined)
      fail('ValueError', 'a week of ISO needs %G, %V and a weekday');
    return daysOfIsoWeek({ year: isoYear, week: isoWeek, weekday: weekday + 1 });
  }
  const firstDay = toDays({ year: year ?? 1900, month: 1, day: 1 });
  if (dayOfYear !== undefined && fields['month'] === undefined) return firstDay + dayOfYear - 1;
  const week = weekFromSunday ?? weekFromMonday;
  if (week !== undefined && weekday !== undefined && year !== undefined)
    return daysOfWeek(firstDay, week, weekday, weekFromMonday !== undefined);
  const day = { year: year ?? 1900, month: fields['month'] ?? 1, day: fields['day'] ?? 1 };
  assertDay(day);
  return toDays(day);
}

function weekdayIn({ weekday, sundayBased, isoWeekday }: Fields): number | undefined {
  if (weekday !== undefined) return weekday;
  if (sundayBased !== undefined) return (sundayBased + 6) % 7;
  return isoWeekday === undefined ? undefined : isoWeekday - 1;
}

function daysOfWeek(firstDay: number, week: number, weekday: number, fromMonday: boolean): number {
  const shift = fromMonday ? 0 : 1;
  const first = (weekdayOf(firstDay) + shift) % 7;
  const start = firstDay + ((7 - first) % 7) + (week - 1) * 7;
  return start + ((weekday + shift) % 7);
}
