/**
 * Parses an RFC 3339 time, also with a space for `T`, without seconds, with UTC or GMT for its offset, without offset
 * (then it is UTC, Singer rule 24) or a bare date (midnight UTC). Returns microseconds since the Unix epoch; digits
 * beyond a microsecond are cut. Undefined for anything else, and for days that no calendar has.
 */
export function parseInstant(text: string): bigint | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const h = Number(hour);
  const days = daysOf(Number(year), Number(month), Number(day));
  const offset = offsetMinutes(zone);
  if (days === undefined || offset === undefined || h > 23 || Number(minute) > 59) return undefined;
  // A leap second is the first moment of the next minute, as in POSIX time.
  if (Number(second) > 60) return undefined;
  const seconds = days * 86_400 + h * 3_600 + (Number(minute) - offset) * 60 + Number(second);
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s?(UTC|GMT|[Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Writes a time that `parseInstant` understands as RFC 3339 has it, with all its digits: `2024-01-01 00:00` becomes
 * `2024-01-01T00:00:00Z`. Undefined for anything else.
 */
export function rfc3339(text: string): string | undefined {
  const match = pattern.exec(text);
  if (match === null || parseInstant(text) === undefined) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction, zone = 'Z'] = match;
  const offset = isUtc(zone) ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
  const digits = fraction === undefined ? '' : `.${fraction}`;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${digits}${offset}`;
}

/** True when the text holds a fraction finer than a microsecond that is not zero. */
export function isFinerThanMicroseconds(text: string): boolean {
  return text.length > 26 && /[.,]\d{6}0*[1-9]/.test(text);
}

function isUtc(zone: string): boolean {
  return !/^[+-]/.test(zone);
}

function offsetMinutes(zone: string): number | undefined {
  if (isUtc(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** Days since the Unix epoch of `YYYY-MM-DD`, or undefined when the text is not such a day. */
export function parseDay(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match === null ? undefined : daysOf(Number(match[1]), Number(match[2]), Number(match[3]));
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOf(year: number, month: number, day: number): number | undefined {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const limit = month === 2 && leap ? 29 : (monthDays[month - 1] ?? 0);
  if (day < 1 || day > limit) return undefined;
  // Howard Hinnant's days-from-civil: years begin in March, so that the leap day is the last.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Microseconds since midnight of `HH:MM[:SS[.ffffff]]`, or undefined when the text is no such time. */
export function parseTimeOfDay(text: string): bigint | undefined {
  const match = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})0*)?)?$/.exec(text);
  if (match === null) return undefined;
  const [, hour, minute, second = '0', fraction = ''] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = Number(hour) * 3_600 + Number(minute) * 60 + Number(second);
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}
