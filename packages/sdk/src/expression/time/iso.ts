import { fail } from '../failure.ts';
import { assertDay, daysOfIsoWeek, toDays } from './calendar.ts';
import { microsOf } from './clock-text.ts';
import { DateValue } from './date.ts';
import { DateTime } from './date-time.ts';
import { TimeOfDay } from './time-of-day.ts';
import { utc, Zone } from './zone.ts';

const day = /^(\d{4})-(\d{2})-(\d{2})$|^(\d{4})(\d{2})(\d{2})$/;
const week = /^(\d{4})-?W(\d{2})(?:-?(\d))?$/;
const clock =
  /^(?:(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?|(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d+))?)?)(Z|z|[+-].+)?$/;
const offset = /^([+-])(\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?$/;

function noIso(): never {
  fail('ValueError', 'this is no date or time of ISO 8601');
}

/** What Python 3.11 reads with `date.fromisoformat`. */
export function parseIsoDate(text: string): DateValue {
  return new DateValue(isoDays(text));
}

function isoDays(text: string): number {
  const match = day.exec(text);
  if (match !== null) {
    const [, y, m, d, year = y, month = m, date = d] = match;
    const parts = { year: Number(year), month: Number(month), day: Number(date) };
    assertDay(parts);
    return toDays(parts);
  }
  const [, year, number, weekday = '1'] = week.exec(text) ?? noIso();
  return daysOfIsoWeek({ year: Number(year), week: Number(number), weekday: Number(weekday) });
}

export function parseIsoTime(text: string): TimeOfDay {
  const match = clock.exec(text.replace(/^[Tt]/, '')) ?? noIso();
  const [, h, mi, s, f, hour = h, minute = mi ?? '0', second = s ?? '0', fraction = f ?? '', zone] = match;
  const micros = microsOf({
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    microsecond: Number(fraction.slice(0, 6).padEnd(6, '0')),
  });
  return new TimeOfDay(micros, zone === undefined ? undefined : isoZone(zone));
}

function isoZone(text: string): Zone {
  if (text === 'Z' || text === 'z') return utc;
  const [, sign, hours, minutes = '0', seconds = '0', fraction = ''] = offset.exec(text) ?? noIso();
  const size =
    (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000 +
    Number(fraction.slice(0, 6).padEnd(6, '0'));
  return size === 0 ? utc : new Zone(sign === '-' ? -size : size);
}

/** A day, any one character, and a time; or a day alone. */
export function parseIsoDateTime(text: string): DateTime {
  const [found = ''] = /^(?:\d{4}-?W\d{2}(?:-?\d)?|\d{4}-\d{2}-\d{2}|\d{8})/.exec(text) ?? noIso();
  const days = isoDays(found);
  if (text.length === found.length) return new DateTime(days, 0);
  const [separator = ''] = text.slice(found.length);
  const { micros, zone } = parseIsoTime(text.slice(found.length + separator.length).replace(/^T/i, '!'));
  return new DateTime(days, micros, zone);
}
