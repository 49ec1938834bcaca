import { fail } from '../failure.ts';
import { two } from './duration.ts';

export interface ClockTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

export function clockOf(micros: number): ClockTime {
  const seconds = Math.floor(micros / 1_000_000);
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    microsecond: micros % 1_000_000,
  };
}

/** Microseconds since midnight. */
export function microsOf({ hour, minute, second, microsecond }: ClockTime): number {
  if (hour < 0 || hour > 23) fail('ValueError', 'an hour must be between 0 and 23');
  if (minute < 0 || minute > 59) fail('ValueError', 'a minute must be between 0 and 59');
  if (second < 0 || second > 59) fail('ValueError', 'a second must be between 0 and 59');
  if (microsecond < 0 || microsecond > 999_999)
    fail('ValueError', 'a microsecond must be between 0 and 999999');
  return ((hour * 60 + minute) * 60 + second) * 1_000_000 + microsecond;
}

/** `HH:MM:SS`, and a fraction when there is one; or cut at a unit that `isoformat` names. */
export function clockText(micros: number, unit = 'auto'): string {
  const { hour, minute, second, microsecond } = clockOf(micros);
  const clock = [two(hour), two(minute), two(second)].join(':');
  const fraction = String(microsecond).padStart(6, '0');
  switch (unit) {
    case 'auto':
      return microsecond === 0 ? clock : `${clock}.${fraction}`;
    case 'hours':
      return two(hour);
    case 'minutes':
      return clock.slice(0, 5);
    case 'seconds':
      return clock;
    case 'milliseconds':
      return `${clock}.${fraction.slice(0, 3)}`;
    case 'microseconds':
      return `${clock}.${fraction}`;
    default:
      return fail('ValueError', 'isoformat does not know this unit');
  }
}
