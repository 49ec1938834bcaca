import type { ColumnKind } from './column-kind.ts';
import type { SqlValue } from './encode.ts';

/**
 * A value as a text that databases cast to the column's type: `12.50`, `true`, `2024-01-02`, `03:04:05.678901`,
 * `2024-01-02 03:04:05.678901+00`. The year before 1 is `0001 … BC`.
 */
export function valueText(kind: ColumnKind, value: Exclude<SqlValue, null>): string {
  switch (kind.kind) {
    case 'decimal':
      return decimalText(BigInt(value), kind.scale);
    case 'date':
      return withEra(Number(value) * 86_400_000, (day) => day);
    case 'time':
      return timeText(BigInt(value));
    case 'timestamp':
      return timestampText(BigInt(value));
    default:
      return String(value);
  }
}

function decimalText(units: bigint, scale: number): string {
  if (scale === 0) return String(units);
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

const perMillisecond = 1_000n;

/** What is left of microseconds below a millisecond, also before 1970. */
function restOf(micros: bigint): bigint {
  return ((micros % perMillisecond) + perMillisecond) % perMillisecond;
}

function timeText(micros: bigint): string {
  const rest = restOf(micros);
  const text = new Date(Number((micros - rest) / perMillisecond)).toISOString().slice(11, 23);
  return text + String(rest).padStart(3, '0');
}

function timestampText(micros: bigint): string {
  const rest = restOf(micros);
  const digits = String(rest).padStart(3, '0');
  return withEra(
    Number((micros - rest) / perMillisecond),
    (day, time) => `${day} ${time.slice(0, -1)}${digits}+00`,
  );
}

/** Milliseconds since the epoch as ISO 8601, whose year 0 is 1 BC. */
function withEra(ms: number, render: (day: string, time: string) => string): string {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  const [day = '', time = ''] = date
    .toISOString()
    .replace(/^[-+]?\d+/, '')
    .split('T');
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0');
  return render(shown + day, time) + (year > 0 ? '' : ' BC');
}
