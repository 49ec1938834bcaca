import type { Clock } from '@meltano/foundation/clock';
import { fail } from '../failure.ts';
import { int, optionalText, text } from '../methods/method.ts';
import type { Arguments } from '../value/arguments.ts';
import { Callable, type Members, ModuleValue, TypeValue } from '../value/callable.ts';
import { numberOf } from '../value/numbers.ts';
import { type Value } from '../value/value.ts';
import { assertDay, daysOfIsoWeek, toDays } from './calendar.ts';
import { microsOf } from './clock-text.ts';
import { DateValue, dateOf } from './date.ts';
import { DateTime, localZone } from './date-time.ts';
import { Duration, microsPerDay, scaled } from './duration.ts';
import { parseIsoDate, parseIsoDateTime, parseIsoTime } from './iso.ts';
import { parseTime } from './strptime.ts';
import { zoneOf } from './time-methods.ts';
import { TimeOfDay } from './time-of-day.ts';
import { utc, Zone } from './zone.ts';

/** The module `datetime`, with the time of a clock. */
export function createTimeModule(clock: Clock): ModuleValue {
  const now = () => BigInt(Math.round(clock.now() * 1000));
  return new ModuleValue(
    'datetime',
    new Map<string, Value>([
      ['datetime', new TypeValue('datetime', makeDateTime, dateTimeMembers(now))],
      ['date', new TypeValue('date', makeDate, dateMembers(now))],
      ['time', new TypeValue('time', makeTime, timeMembers)],
      ['timedelta', new TypeValue('timedelta', makeDuration, durationMembers)],
      ['timezone', new TypeValue('timezone', makeZone, new Map([['utc', utc]]))],
      ['UTC', utc],
      ['MINYEAR', 1],
      ['MAXYEAR', 9999],
    ]),
  );
}

const callables = (functions: Readonly<Record<string, (args: Arguments) => Value>>): Members =>
  new Map(Object.entries(functions).map(([name, call]) => [name, new Callable(name, call)]));

function dayOf(year: Value | undefined, month: Value | undefined, day: Value | undefined): number {
  const parts = {
    year: int(year, 'the year'),
    month: int(month, 'the month'),
    day: int(day, 'the day'),
  };
  assertDay(parts);
  return toDays(parts);
}

function clockOfArguments([hour, minute, second, microsecond]: readonly (Value | undefined)[]): number {
  return microsOf({
    hour: int(hour, 'the hour', 0),
    minute: int(minute, 'the minute', 0),
    second: int(second, 'the second', 0),
    microsecond: int(microsecond, 'the microsecond', 0),
  });
}

const optionalZone = (zone: Value | undefined): Zone | undefined =>
  zone === undefined || zone === null ? undefined : zoneOf(zone);

function makeDateTime(args: Arguments): DateTime {
  const [year, month, day, hour, minute, second, microsecond, zone] = args.bind(
    'year',
    'month',
    'day',
    'hour?',
    'minute?',
    'second?',
    'microsecond?',
    'tzinfo?',
    'fold?',
  );
  const micros = clockOfArguments([hour, minute, second, microsecond]);
  return new DateTime(dayOf(year, month, day), micros, optionalZone(zone));
}

function makeDate(args: Arguments): DateValue {
  const [year, month, day] = args.bind('year', 'month', 'day');
  return new DateValue(dayOf(year, month, day));
}

function makeTime(args: Arguments): TimeOfDay {
  const [hour, minute, second, microsecond, zone] = args.bind(
    'hour?',
    'minute?',
    'second?',
    'microsecond?',
    'tzinfo?',
    'fold?',
  );
  return new TimeOfDay(clockOfArguments([hour, minute, second, microsecond]), optionalZone(zone));
}

const units: readonly (readonly [string, number])[] = [
  ['days', microsPerDay],
  ['seconds', 1_000_000],
  ['microseconds', 1],
  ['milliseconds', 1000],
  ['minutes', 60_000_000],
  ['hours', 3_600_000_000],
  ['weeks', 7 * microsPerDay],
];

function makeDuration(args: Arguments): Duration {
  const amounts = args.bind(...units.map(([name]) => `${name}?`));
  const parts = units.map(([, micros], at) => {
    const number = numberOf(amounts[at] ?? 0);
    if (number === undefined) fail('TypeError', 'a timedelta is made of numbers');
    return scaled(BigInt(micros), number);
  });
  return new Duration(parts.reduce((sum, part) => sum + part, 0n));
}

function makeZone(args: Arguments): Value {
  const [offset, name] = args.bind('offset', 'name?');
  if (!(offset instanceof Duration)) fail('TypeError', 'a timezone is made of a timedelta');
  const label = optionalText(name, 'the name');
  if (offset.micros === 0n && label === undefined) return utc;
  return new Zone(Number(offset.micros), label);
}

function dateTimeMembers(now: () => bigint): Members {
  const at = (instant: bigint, zone: Zone | undefined) =>
    zone === undefined
      ? DateTime.ofMicros(instant + BigInt(localZone(instant).offset))
      : DateTime.ofMicros(instant + BigInt(zone.offset), zone);
  return new Map<string, Value>([
    ...(callables({
      now: (args) => at(now(), optionalZone(args.bind('tz?')[0])),
      today: () => at(now(), undefined),
      utcnow: () => DateTime.ofMicros(now()),
      fromtimestamp: (args) => {
        const [seconds, zone] = args.bind('timestamp', 'tz?');
        return at(microsOfTimestamp(seconds), optionalZone(zone));
      },
      utcfromtimestamp: (args) => DateTime.ofMicros(microsOfTimestamp(args.one())),
      fromisoformat: (args) => parseIsoDateTime(text(args.one(), 'the time')),
      fromordinal: (args) => new DateTime(int(args.one(), 'the ordinal') - 719_163, 0),
      fromisocalendar: (args) => new DateTime(isoDay(args), 0),
      strptime: (args) => {
        const [time, format] = args.bind('date_string', 'format');
        return parseTime(text(time, 'the time'), text(format, 'the format'));
      },
      combine,
    }) as ReadonlyMap<string, Value>),
    ['min', DateTime.ofMicros(-62_135_596_800_000_000n)],
    ['max', DateTime.ofMicros(253_402_300_799_999_999n)],
    ['resolution', new Duration(1n)],
  ]);
}

function combine(args: Arguments): DateTime {
  const [date, time, zone] = args.bind('date', 'time', 'tzinfo?');
  const days = date instanceof DateTime ? date.days : dateOf(date ?? null).days;
  if (!(time instanceof TimeOfDay)) fail('TypeError', 'combine() needs a date and a time');
  return new DateTime(days, time.micros, zone === undefined ? time.zone : optionalZone(zone));
}

function isoDay(args: Arguments): number {
  const [year, week, day] = args.bind('year', 'week', 'day');
  return daysOfIsoWeek({
    year: int(year, 'the year'),
    week: int(week, 'the week'),
    weekday: int(day, 'the day'),
  });
}

function microsOfTimestamp(seconds: Value | undefined): bigint {
  const number = numberOf(seconds ?? null);
  if (number === undefined) fail('TypeError', 'a timestamp is a number of seconds');
  return scaled(1_000_000n, number);
}

function dateMembers(now: () => bigint): Members {
  const today = (instant: bigint) =>
    new DateValue(DateTime.ofMicros(instant + BigInt(localZone(instant).offset)).days);
  return new Map<string, Value>([
    ...(callables({
      today: () => today(now()),
      fromtimestamp: (args) => today(microsOfTimestamp(args.one())),
      fromisoformat: (args) => parseIsoDate(text(args.one(), 'the date')),
      fromordinal: (args) => new DateValue(int(args.one(), 'the ordinal') - 719_163),
      fromisocalendar: (args) => new DateValue(isoDay(args)),
    }) as ReadonlyMap<string, Value>),
    ['min', new DateValue(-719_162)],
    ['max', new DateValue(2_932_896)],
    ['resolution', new Duration(BigInt(microsPerDay))],
  ]);
}

const timeMembers: Members = new Map<string, Value>([
  ...(callables({
    fromisoformat: (args) => parseIsoTime(text(args.one(), 'the time')),
  }) as ReadonlyMap<string, Value>),
  ['min', new TimeOfDay(0)],
  ['max', new TimeOfDay(microsPerDay - 1)],
  ['resolution', new Duration(1n)],
]);

const durationMembers: Members = new Map<string, Value>([
  ['min', new Duration(-86_399_999_913_600_000_000n)],
  ['max', new Duration(86_399_999_999_999_999_999n)],
  ['resolution', new Duration(1n)],
]);
