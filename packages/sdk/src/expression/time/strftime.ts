import { fail } from '../failure.ts';
import { maxTextLength } from '../limits.ts';
import { dayOfYear, fromDays, isoWeekOf, weekdayOf } from './calendar.ts';
import { clockOf } from './clock-text.ts';
import { months, weekdays } from './names.ts';
import { offsetText, type Zone } from './zone.ts';

/** A time to show, on its own clock. */
export interface Shown {
  readonly days: number;
  readonly micros: number;
  readonly zone: Zone | undefined;
}

/** Python's `strftime` on Linux. */
export function formatTime(format: string, time: Shown): string {
  if (format.length > maxTextLength) fail('IterableTooLong', 'the format is too long');
  return format.replace(/%([-_0^#])?([^])/gu, (found, flag: string | undefined, letter: string) => {
    const text = directives[letter]?.(time);
    return text === undefined ? found : flagged(text, flag);
  });
}

function flagged(text: string, flag: string | undefined): string {
  switch (flag) {
    case '-':
      return text.replace(/^[0 ]+(?=.)/, '');
    case '_':
      return text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
    case '^':
      return text.toUpperCase();
    default:
      return text;
  }
}

const pad = (number: number, length = 2, fill = '0') => String(number).padStart(length, fill);
const day = ({ days }: Shown) => fromDays(days);
const clock = ({ micros }: Shown) => clockOf(micros);
const hour12 = (time: Shown) => clock(time).hour % 12 || 12;
const weekday = ({ days }: Shown) => weekdays[weekdayOf(days)] ?? '';
const month = (time: Shown) => months[day(time).month - 1] ?? '';
/** Weeks of the year that begin with a weekday, of which 0 is Monday. */
const weekFrom = (time: Shown, first: number) =>
  Math.floor((dayOfYear(day(time)) + 6 - ((weekdayOf(time.days) - first + 7) % 7)) / 7);

const directives: Readonly<Record<string, (time: Shown) => string>> = {
  '%': () => '%',
  n: () => '\n',
  t: () => '\t',
  Y: (time) => String(day(time).year),
  y: (time) => pad(day(time).year % 100),
  C: (time) => pad(Math.floor(day(time).year / 100)),
  m: (time) => pad(day(time).month),
  d: (time) => pad(day(time).day),
  e: (time) => pad(day(time).day, 2, ' '),
  j: (time) => pad(dayOfYear(day(time)), 3),
  H: (time) => pad(clock(time).hour),
  k: (time) => pad(clock(time).hour, 2, ' '),
  I: (time) => pad(hour12(time)),
  l: (time) => pad(hour12(time), 2, ' '),
  M: (time) => pad(clock(time).minute),
  S: (time) => pad(clock(time).second),
  f: (time) => pad(clock(time).microsecond, 6),
  p: (time) => (clock(time).hour < 12 ? 'AM' : 'PM'),
  P: (time) => (clock(time).hour < 12 ? 'am' : 'pm'),
  A: weekday,
  a: (time) => weekday(time).slice(0, 3),
  B: month,
  b: (time) => month(time).slice(0, 3),
  h: (time) => month(time).slice(0, 3),
  w: (time) => String((weekdayOf(time.days) + 1) % 7),
  u: (time) => String(weekdayOf(time.days) + 1),
  U: (time) => pad(weekFrom(time, 6)),
  W: (time) => pad(weekFrom(time, 0)),
  G: (time) => String(isoWeekOf(time.days).year),
  g: (time) => pad(isoWeekOf(time.days).year % 100),
  V: (time) => pad(isoWeekOf(time.days).week),
  z: ({ zone }) => (zone === undefined ? '' : offsetText(zone.offset, '')),
  Z: ({ zone }) => zone?.text() ?? '',
  s: ({ days, micros }) => String(days * 86_400 + Math.floor(micros / 1_000_000)),
  D: (time) => formatTime('%m/%d/%y', time),
  x: (time) => formatTime('%m/%d/%y', time),
  F: (time) => formatTime('%Y-%m-%d', time),
  T: (time) => formatTime('%H:%M:%S', time),
  X: (time) => formatTime('%H:%M:%S', time),
  R: (time) => formatTime('%H:%M', time),
  r: (time) => formatTime('%I:%M:%S %p', time),
  c: (time) => formatTime('%a %b %e %H:%M:%S %Y', time),
};
