import type { DuckDBValue } from '@duckdb/node-api';

type Value = Exclude<DuckDBValue, null>;

/** Milliseconds of the years that RFC 3339 can write. */
const least = Date.parse('0000-01-01T00:00:00Z');
const greatest = Date.parse('9999-12-31T23:59:59.999Z');

/** A date as `YYYY-MM-DD`; infinity and other years as DuckDB writes them, which no schema promises. */
export function dateText(value: Value): string {
  const ms = (value as { readonly days: number }).days * 86_400_000;
  return ms >= least && ms <= greatest ? new Date(ms).toISOString().slice(0, 10) : farText(value);
}

/** A timestamp in UTC, with as many digits after the second as it has; infinity and other years as DuckDB writes them. */
export function instantText(value: Value): string {
  const micros = microsecondsOf(value as Timestamp);
  const rest = Number(((micros % 1_000n) + 1_000n) % 1_000n);
  const ms = Number((micros - BigInt(rest)) / 1_000n);
  if (ms < least || ms > greatest) return farText(value);
  return fractionAdded(ms, rest === 0 ? '' : String(rest).padStart(3, '0'));
}

/** The same in nanoseconds, of which a target may cut the last three. */
export function nanosecondText(value: Value): string {
  if (!isFinite(value)) return farText(value);
  const { nanos } = value as { readonly nanos: bigint };
  const rest = Number(((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n);
  return fractionAdded(
    Number((nanos - BigInt(rest)) / 1_000_000n),
    rest === 0 ? '' : String(rest).padStart(6, '0'),
  );
}

function isFinite(value: Value): boolean {
  return (value as { readonly isFinite: boolean }).isFinite;
}

/** As DuckDB's own casts write it; the texts of its values for Node.js know no infinity of every type. */
function farText(value: Value): string {
  if (isFinite(value)) return String(value);
  const { days, nanos, ...rest } = value as Timestamp & { readonly days?: number; readonly nanos?: bigint };
  return (days ?? nanos ?? microsecondsOf(rest)) > 0 ? 'infinity' : '-infinity';
}

interface Timestamp {
  readonly micros?: bigint;
  readonly millis?: bigint;
  readonly seconds?: bigint;
}

function microsecondsOf({ micros, millis, seconds }: Timestamp): bigint {
  return micros ?? (millis === undefined ? (seconds ?? 0n) * 1_000_000n : millis * 1_000n);
}

/** `fraction` holds the digits after the millisecond. */
function fractionAdded(ms: number, fraction: string): string {
  const text = new Date(ms).toISOString();
  if (fraction !== '') return `${text.slice(0, 23)}${fraction}Z`;
  return ms % 1_000 === 0 ? `${text.slice(0, 19)}Z` : text;
}
