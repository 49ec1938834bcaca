import type { Clock } from '@meltano/foundation/clock';
import { fail } from '../expression/failure.ts';
import { DateValue } from '../expression/time/date.ts';
import { DateTime } from '../expression/time/date-time.ts';
import { formatTime } from '../expression/time/strftime.ts';
import { parseTime } from '../expression/time/strptime.ts';
import { utc } from '../expression/time/zone.ts';
import type { Arguments } from '../expression/value/arguments.ts';
import { Callable } from '../expression/value/callable.ts';
import { numberOf, toDouble } from '../expression/value/numbers.ts';
import type { Value } from '../expression/value/value.ts';
import { toJson } from '../mapper/to-json.ts';
import { parseInstant } from '../schema/instant.ts';
import { timeFormats } from '../tap/time-formats.ts';
import { textFunctions } from './text-functions.ts';

/** What manifests have beside the functions of stream maps. */
export function templateFunctions(clock: Clock): ReadonlyMap<string, Value> {
  const now = () => DateTime.ofMicros(BigInt(Math.floor(clock.now())) * 1_000n, utc);
  return new Map(
    [
      new Callable('now', (args) => {
        args.none();
        return now();
      }),
      new Callable('days_ago', (args) =>
        DateTime.ofMicros(now().wall - BigInt(Math.round(amount(args.one()) * 86_400_000_000)), utc),
      ),
      new Callable('format_time', formatted),
      new Callable('parse_time', (args) => timeOf(...(args.bind('value', 'format?') as [Value, Value?]))),
      ...textFunctions,
    ].map((each) => [each.name, each]),
  );
}

/** `format_time(value, '%Y-%m-%d')`; `%s` and `%ms` count since 1970. A value that is null stays null. */
function formatted(args: Arguments): Value {
  const [value = null, format = null, from] = args.bind('value', 'format', 'read_as?');
  if (value === null) return null;
  if (typeof format !== 'string') fail('TypeError', 'the format must be a text');
  const time = timeOf(value, from);
  if (format === '%ms') return String(time.instant / 1_000n);
  if (format === '%epoch_microseconds') return String(time.instant);
  if (format === '%s') return String(floorDivide(time.instant, 1_000_000n));
  if (format === '%s_as_float') return floatText(Number(time.instant) / 1_000_000);
  return formatTime(format.replaceAll('%_ms', milliseconds(time)), time);
}

/** As Python writes it: with a point. */
function floatText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function milliseconds({ instant }: DateTime): string {
  const micros = ((instant % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return String(micros / 1_000n).padStart(3, '0');
}

function floorDivide(a: bigint, b: bigint): bigint {
  return (a - (((a % b) + b) % b)) / b;
}

/** A time of an API: RFC 3339, a number that counts since 1970 in seconds or milliseconds, or another format. */
function timeOf(value: Value, format: Value | undefined): DateTime {
  if (value instanceof DateTime)
    return value.zone === undefined ? new DateTime(value.days, value.micros, utc) : value.in(utc);
  if (value instanceof DateValue) return new DateTime(value.days, 0, utc);
  const counted = countedIn(value, format);
  if (counted !== undefined) return DateTime.ofMicros(counted, utc);
  if (typeof value === 'string') {
    const instant = parseInstant(value);
    if (instant !== undefined) return DateTime.ofMicros(instant, utc);
    if (typeof format === 'string') return timeOf(parseTime(value, format), undefined);
    if (!/^\d+(\.\d+)?$/.test(value)) fail('ValueError', 'this is no time');
  }
  const number = typeof value === 'string' ? Number(value) : amount(value);
  const seconds = Math.abs(number) >= 100_000_000_000 ? number / 1_000 : number;
  return DateTime.ofMicros(BigInt(Math.round(seconds * 1_000_000)), utc);
}

/** A number, or its text, of a format that says what it counts. */
function countedIn(value: Value, format: Value | undefined): bigint | undefined {
  if (typeof format !== 'string' || !/^%(s|s_as_float|ms|epoch_microseconds)$/.test(format)) return undefined;
  return timeFormats([format]).parse(toJson(value));
}

function amount(value: Value): number {
  return toDouble(numberOf(value) ?? fail('TypeError', 'a number is needed'));
}
