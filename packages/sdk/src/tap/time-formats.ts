import { ExactNumber, type JsonValue } from '@meltano/foundation/json';
import { DateTime } from '../expression/time/date-time.ts';
import { formatTime } from '../expression/time/strftime.ts';
import { parseTime } from '../expression/time/strptime.ts';
import { utc } from '../expression/time/zone.ts';
import { parseInstant } from '../schema/instant.ts';

/** Times that are written in formats of their own. */
export interface TimeFormats {
  /** Microseconds since the Unix epoch; undefined for what none of the formats fits. */
  parse(value: JsonValue | undefined): bigint | undefined;
  /** A moment in milliseconds, in the first of the formats. */
  write(ms: number): JsonValue;
}

/**
 * Reads what one of these formats fits, the first that does, and RFC 3339. They are those of `strftime`, with `%_ms` for
 * milliseconds; `%s`, `%s_as_float`, `%ms` and `%epoch_microseconds` are numbers, or texts of them, that count since 1970.
 */
export function timeFormats(formats: readonly string[]): TimeFormats {
  const readers = formats.map(readerOf);
  const [first = '%s'] = formats;
  return {
    parse(value) {
      const text = textOf(value);
      if (text === undefined) return undefined;
      for (const read of readers) {
        const found = read(text);
        if (found !== undefined) return found;
      }
      return parseInstant(text);
    },
    write(ms) {
      const unit = epochUnits.get(first);
      if (unit !== undefined) return Math.floor((ms * 1_000) / Number(unit));
      if (first === '%s_as_float') return ms / 1_000;
      const milliseconds = String(((ms % 1_000) + 1_000) % 1_000).padStart(3, '0');
      return formatTime(first.replaceAll('%_ms', milliseconds), DateTime.ofMicros(BigInt(ms) * 1_000n, utc));
    },
  };
}

/** Microseconds that one stands for. */
const epochUnits: ReadonlyMap<string, bigint> = new Map([
  ['%s', 1_000_000n],
  ['%ms', 1_000n],
  ['%epoch_microseconds', 1n],
]);

function readerOf(format: string): (text: string) => bigint | undefined {
  const unit = epochUnits.get(format);
  if (unit !== undefined) return (text) => (/^-?\d+$/.test(text) ? BigInt(text) * unit : undefined);
  if (format === '%s_as_float')
    return (text) => (/^-?\d+(\.\d+)?$/.test(text) ? BigInt(Math.floor(Number(text) * 1e6)) : undefined);
  const known = format.replaceAll('%_ms', '%f');
  return (text) => {
    try {
      const time = parseTime(text, known);
      return (time.zone === undefined ? new DateTime(time.days, time.micros, utc) : time).instant;
    } catch {
      return undefined;
    }
  };
}

function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || value instanceof ExactNumber ? String(value) : undefined;
}
