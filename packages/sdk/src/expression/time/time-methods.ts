import { fail } from '../failure.ts';
import { int, type Method, type Methods, methodsOf, optionalText, text } from '../methods/method.ts';
import type { Arguments } from '../value/arguments.ts';
import { Float, Tuple, type Value } from '../value/value.ts';
import { assertDay, isoWeekOf, toDays, weekdayOf } from './calendar.ts';
import { clockOf, microsOf } from './clock-text.ts';
import { DateValue } from './date.ts';
import { DateTime, localZone } from './date-time.ts';
import { Duration } from './duration.ts';
import { formatTime } from './strftime.ts';
import { TimeOfDay } from './time-of-day.ts';
import { Zone } from './zone.ts';

type Dated = DateValue | DateTime;
type Clocked = TimeOfDay | DateTime;
type Property = (self: Value) => Value;

const isoCalendar = ({ days }: Dated) => {
  const { year, week, weekday } = isoWeekOf(days);
  return new Tuple([year, week, weekday]);
};

const ofDay: Readonly<Record<string, Method<Dated>>> = {
  weekday: ({ days }) => weekdayOf(days),
  isoweekday: ({ days }) => weekdayOf(days) + 1,
  isocalendar: isoCalendar,
  toordinal: ({ days }) => days + 719_163,
  strftime: (self, args) => self.format(text(args.bind('format')[0], 'the format')),
  ctime: ({ days, ...rest }) =>
    formatTime('%a %b %e %H:%M:%S %Y', { days, micros: 'micros' in rest ? rest.micros : 0, zone: undefined }),
};

export const dateMethods: Methods = new Map([
  ...methodsOf<Dated>(ofDay),
  ...methodsOf<DateValue>({
    isoformat: (self) => self.text(),
    replace: ({ parts }, args) => {
      const [year, month, day] = args.bind('year?', 'month?', 'day?');
      return DateValue.of({
        year: int(year, 'the year', parts.year),
        month: int(month, 'the month', parts.month),
        day: int(day, 'the day', parts.day),
      });
    },
  }),
]);

const ofZone: Readonly<Record<string, Method<Clocked>>> = {
  utcoffset: ({ zone }) => (zone === undefined ? null : new Duration(BigInt(zone.offset))),
  tzname: ({ zone }) => zone?.text() ?? null,
  dst: () => null,
};

export const timeMethods: Methods = new Map([
  ...methodsOf<Clocked>(ofZone),
  ...methodsOf<TimeOfDay>({
    isoformat: (self, args) => self.iso(optionalText(args.bind('timespec?')[0], 'timespec')),
    strftime: (self, args) => self.format(text(args.bind('format')[0], 'the format')),
    replace: (self, args) => {
      const [hour, minute, second, microsecond, zone] = args.bind(
        'hour?',
        'minute?',
        'second?',
        'microsecond?',
        'tzinfo?',
      );
      return new TimeOfDay(
        replacedClock(self, [hour, minute, second, microsecond]),
        replacedZone(self, zone),
      );
    },
  }),
]);

export const dateTimeMethods: Methods = new Map([
  ...methodsOf<Dated>(ofDay),
  ...methodsOf<Clocked>(ofZone),
  ...methodsOf<DateTime>({
    date: ({ days }) => new DateValue(days),
    time: ({ micros }) => new TimeOfDay(micros),
    timetz: ({ micros, zone }) => new TimeOfDay(micros, zone),
    timestamp: ({ instant }) => new Float(Number(instant) / 1_000_000),
    isoformat: (self, args) => {
      const [separator, unit] = args.bind('sep?', 'timespec?');
      return self.iso(optionalText(separator, 'sep'), optionalText(unit, 'timespec'));
    },
    replace: replaceDateTime,
    astimezone: (self, args) => {
      const [zone] = args.bind('tz?');
      return self.in(zone === undefined || zone === null ? localZone(self.instant) : zoneOf(zone));
    },
  }),
]);

function replaceDateTime(self: DateTime, args: Arguments): DateTime {
  const [year, month, day, hour, minute, second, microsecond, zone] = args.bind(
    'year?',
    'month?',
    'day?',
    'hour?',
    'minute?',
    'second?',
    'microsecond?',
    'tzinfo?',
    'fold?',
  );
  const parts = {
    year: int(year, 'the year', self.parts.year),
    month: int(month, 'the month', self.parts.month),
    day: int(day, 'the day', self.parts.day),
  };
  assertDay(parts);
  return new DateTime(
    toDays(parts),
    replacedClock(self, [hour, minute, second, microsecond]),
    replacedZone(self, zone),
  );
}

function replacedClock(
  { micros }: Clocked,
  [hour, minute, second, microsecond]: readonly (Value | undefined)[],
) {
  const clock = clockOf(micros);
  return microsOf({
    hour: int(hour, 'the hour', clock.hour),
    minute: int(minute, 'the minute', clock.minute),
    second: int(second, 'the second', clock.second),
    microsecond: int(microsecond, 'the microsecond', clock.microsecond),
  });
}

function replacedZone(self: Clocked, zone: Value | undefined): Zone | undefined {
  if (zone === undefined) return self.zone;
  return zone === null ? undefined : zoneOf(zone);
}

export function zoneOf(value: Value): Zone {
  return value instanceof Zone ? value : fail('TypeError', 'tzinfo must be a timezone');
}

export const durationMethods: Methods = methodsOf<Duration>({
  total_seconds: ({ micros }) => new Float(Number(micros) / 1_000_000),
});

export const zoneMethods: Methods = methodsOf<Zone>({
  utcoffset: ({ offset }) => new Duration(BigInt(offset)),
  tzname: (self) => self.text(),
});

const property = <Self extends Value>(read: (self: Self) => Value): Property => read as unknown as Property;

const dayProperties: readonly (readonly [string, Property])[] = [
  ['year', property<Dated>(({ parts }) => parts.year)],
  ['month', property<Dated>(({ parts }) => parts.month)],
  ['day', property<Dated>(({ parts }) => parts.day)],
];

const clockProperties: readonly (readonly [string, Property])[] = [
  ['hour', property<Clocked>(({ micros }) => clockOf(micros).hour)],
  ['minute', property<Clocked>(({ micros }) => clockOf(micros).minute)],
  ['second', property<Clocked>(({ micros }) => clockOf(micros).second)],
  ['microsecond', property<Clocked>(({ micros }) => clockOf(micros).microsecond)],
  ['tzinfo', property<Clocked>(({ zone }) => zone ?? null)],
  ['fold', () => 0],
];

/** What is read without a call, by type. */
export const timeProperties: Readonly<Record<string, ReadonlyMap<string, Property>>> = {
  date: new Map(dayProperties),
  time: new Map(clockProperties),
  datetime: new Map([...dayProperties, ...clockProperties]),
  timedelta: new Map([
    ['days', property<Duration>(({ days }) => days)],
    ['seconds', property<Duration>(({ seconds }) => seconds)],
    ['microseconds', property<Duration>(({ microseconds }) => microseconds)],
  ]),
};
