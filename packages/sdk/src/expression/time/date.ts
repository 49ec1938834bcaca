import { fail } from '../failure.ts';
import type { BinaryOperator } from '../syntax/node.ts';
import { Boxed, type Value } from '../value/value.ts';
import { assertDay, type Day, fromDays, toDays } from './calendar.ts';
import { Duration, microsPerDay, two } from './duration.ts';
import { formatTime } from './strftime.ts';

/** Python's `date`. */
export class DateValue extends Boxed {
  readonly kind = 'date';
  /** Since 1 January 1970. */
  readonly days: number;
  readonly parts: Day;

  constructor(days: number) {
    super();
    this.days = days;
    this.parts = fromDays(days);
  }

  static of(day: Day): DateValue {
    assertDay(day);
    return new DateValue(toDays(day));
  }

  text(): string {
    return dayText(this.parts);
  }

  repr(): string {
    const { year, month, day } = this.parts;
    return `datetime.date(${year}, ${month}, ${day})`;
  }

  format(spec: string): string {
    return formatTime(spec, { days: this.days, micros: 0, zone: undefined });
  }

  compare(other: Value): number | undefined {
    return other instanceof DateValue ? this.days - other.days : undefined;
  }

  key(): string {
    return String(this.days);
  }

  binary(operator: BinaryOperator, other: Value, reflected: boolean): Value | undefined {
    if (other instanceof Duration) {
      if (operator === '+') return new DateValue(this.days + other.days);
      return operator === '-' && !reflected ? new DateValue(this.days - other.days) : undefined;
    }
    if (!(other instanceof DateValue) || operator !== '-' || reflected) return undefined;
    return new Duration(BigInt(this.days - other.days) * BigInt(microsPerDay));
  }
}

export function dayText({ year, month, day }: Day): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

export function dateOf(value: Value): DateValue {
  return value instanceof DateValue ? value : fail('TypeError', 'a date is needed');
}
