import type { Value } from '../value/value.ts';
import { Boxed } from '../value/value.ts';
import { clockOf, clockText } from './clock-text.ts';
import { formatTime } from './strftime.ts';
import { offsetText, type Zone } from './zone.ts';

/** Python's `time`. */
export class TimeOfDay extends Boxed {
  readonly kind = 'time';
  /** Since midnight. */
  readonly micros: number;
  readonly zone: Zone | undefined;

  constructor(micros: number, zone?: Zone) {
    super();
    this.micros = micros;
    this.zone = zone;
  }

  iso(unit?: string): string {
    return clockText(this.micros, unit) + (this.zone === undefined ? '' : offsetText(this.zone.offset));
  }

  text(): string {
    return this.iso();
  }

  repr(): string {
    return `datetime.time(${clockArguments(this.micros).join(', ')}${zoneArgument(this.zone)})`;
  }

  format(spec: string): string {
    // Python takes the first day of 1900.
    return formatTime(spec, { days: -25_567, micros: this.micros, zone: this.zone });
  }

  compare(other: Value): number | undefined {
    if (!(other instanceof TimeOfDay)) return undefined;
    return this.micros - (this.zone?.offset ?? 0) - other.micros + (other.zone?.offset ?? 0);
  }

  key(): string {
    return String(this.micros - (this.zone?.offset ?? 0));
  }
}

/** Hours and minutes, and what follows unless it is zero. */
export function clockArguments(micros: number): readonly number[] {
  const { hour, minute, second, microsecond } = clockOf(micros);
  if (microsecond !== 0) return [hour, minute, second, microsecond];
  return second === 0 ? [hour, minute] : [hour, minute, second];
}

export function zoneArgument(zone: Zone | undefined): string {
  return zone === undefined ? '' : `, tzinfo=${zone.repr()}`;
}
