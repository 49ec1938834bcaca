import { fail } from '../failure.ts';
import type { BinaryOperator } from '../syntax/node.ts';
import { Boxed, type Value } from '../value/value.ts';
import { type Day, fromDays } from './calendar.ts';
import { clockText } from './clock-text.ts';
import { dayText } from './date.ts';
import { Duration, floorDivide, microsPerDay } from './duration.ts';
import { formatTime } from './strftime.ts';
import { clockArguments, zoneArgument } from './time-of-day.ts';
import { offsetText, Zone } from './zone.ts';

/** Python's `datetime`; without a zone it is local time, or none in particular. */
export class DateTime extends Boxed {
  readonly kind = 'datetime';
  /** Since 1 January 1970. */
  readonly days: number;
  /** Since midnight. */
  readonly micros: number;
  readonly zone: Zone | undefined;
  readonly parts: Day;

  constructor(days: number, micros: number, zone?: Zone) {
    super();
    this.days = days;
    this.micros = micros;
    this.zone = zone;
    this.parts = fromDays(days);
  }

  /** So many microseconds after 1970 began, on the clock of the zone. */
  static ofMicros(micros: bigint, zone?: Zone): DateTime {
    const days = floorDivide(micros, BigInt(microsPerDay));
    return new DateTime(Number(days), Number(micros - days * BigInt(microsPerDay)), zone);
  }

  /** Microseconds since 1970 began, on the own clock. */
  get wall(): bigint {
    return BigInt(this.days) * BigInt(microsPerDay) + BigInt(this.micros);
  }

  /** Microseconds since 1970 began in UTC. */
  get instant(): bigint {
    return this.wall - BigInt(this.zone === undefined ? localOffset(this.wall) : this.zone.offset);
  }

  iso(separator = 'T', unit?: string): string {
    const zone = this.zone === undefined ? '' : offsetText(this.zone.offset);
    return dayText(this.parts) + separator + clockText(this.micros, unit) + zone;
  }

  text(): string {
    return this.iso(' ');
  }

  repr(): string {
    const { year, month, day } = this.parts;
    const numbers = [year, month, day, ...clockArguments(this.micros)];
    return `datetime.datetime(${numbers.join(', ')}${zoneArgument(this.zone)})`;
  }

  format(spec: string): string {
    return formatTime(spec, this);
  }

  compare(other: Value): number | undefined {
    if (!(other instanceof DateTime)) return undefined;
    if ((this.zone === undefined) !== (other.zone === undefined)) return undefined;
    const [a, b] = this.zone === undefined ? [this.wall, other.wall] : [this.instant, other.instant];
    return a < b ? -1 : a > b ? 1 : 0;
  }

  key(): string {
    return this.zone === undefined ? `w${this.wall}` : `i${this.instant}`;
  }

  binary(operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    if (other instanceof Duration) {
      if (operator === '+') return DateTime.ofMicros(this.wall + other.micros, this.zone);
      if (operator === '-' && !reflected) return DateTime.ofMicros(this.wall - other.micros, this.zone);
      return undefined;
    }
    if (!(other instanceof DateTime) || operator !== '-' || reflected) return undefined;
    if ((this.zone === undefined) !== (other.zone === undefined))
      fail('TypeError', 'of two times either both or none must have a timezone');
    return new Duration(this.zone === undefined ? this.wall - other.wall : this.instant - other.instant);
  }

  /** The same instant on another clock. */
  in(zone: Zone): DateTime {
    return DateTime.ofMicros(this.instant + BigInt(zone.offset), zone);
  }
}

/** Microseconds that this machine's clock is ahead of UTC when it shows a time. */
function localOffset(wall: bigint): number {
  const shown = new Date(Number(wall / 1000n));
  const local = new Date(
    shown.getUTCFullYear(),
    shown.getUTCMonth(),
    shown.getUTCDate(),
    shown.getUTCHours(),
    shown.getUTCMinutes(),
    shown.getUTCSeconds(),
  );
  return -local.getTimezoneOffset() * 60_000_000;
}

/** The zone that this machine's clock is in at an instant. */
export function localZone(instant: bigint): Zone {
  return new Zone(-new Date(Number(instant / 1000n)).getTimezoneOffset() * 60_000_000);
}
