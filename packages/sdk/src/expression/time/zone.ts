import { fail } from '../failure.ts';
import { reprOfText } from '../value/text.ts';
import { Boxed, type Value } from '../value/value.ts';
import { Duration, two } from './duration.ts';

/** Python's `timezone`: a fixed distance from UTC. */
export class Zone extends Boxed {
  readonly kind = 'timezone';
  /** Microseconds east of UTC. */
  readonly offset: number;
  readonly label: string | undefined;

  constructor(offset: number, label?: string) {
    super();
    if (Math.abs(offset) >= 86_400_000_000)
      fail('ValueError', 'a timezone must be less than a day away from UTC');
    this.offset = offset;
    this.label = label;
  }

  text(): string {
    if (this.label !== undefined) return this.label;
    return this.offset === 0 ? 'UTC' : `UTC${offsetText(this.offset)}`;
  }

  repr(): string {
    if (this.offset === 0 && this.label === undefined) return 'datetime.timezone.utc';
    const label = this.label === undefined ? '' : `, ${reprOfText(this.label)}`;
    return `datetime.timezone(${new Duration(BigInt(this.offset)).repr()}${label})`;
  }

  compare(other: Value): number | undefined {
    return other instanceof Zone && other.offset === this.offset ? 0 : undefined;
  }

  key(): string {
    return String(this.offset);
  }
}

export const utc = new Zone(0);

/** `+02:00`, with seconds and microseconds where there are some. */
export function offsetText(offset: number, colon = ':'): string {
  const size = Math.abs(offset);
  const seconds = Math.floor(size / 1_000_000);
  const rest = seconds % 60 === 0 && size % 1_000_000 === 0 ? '' : colon + two(seconds % 60);
  const micros = size % 1_000_000;
  const fraction = micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`;
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(seconds / 3600))}${colon}${two(Math.floor(seconds / 60) % 60)}${rest}${fraction}`;
}
