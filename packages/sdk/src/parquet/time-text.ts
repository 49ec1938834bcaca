/** A unit of Parquet's times, as the number of decimal places of a second. */
export type TimePlaces = 3 | 6 | 9;

const perDay = 86_400;
/** Days of the years that RFC 3339 can write, 0000 to 9999. */
const firstDay = -719_528;
const lastDay = 2_932_896;

/** The ends of what is stored stand for infinity. */
const endDay = 2_147_483_647;
const endCount = 9_223_372_036_854_775_807n;

/**
 * `YYYY-MM-DD` of days since the Unix epoch. Infinity and other years are written as databases do, `12345-01-02` and
 * `0044-03-15 (BC)`, which no schema promises.
 */
export function dayText(days: number): string {
  if (days >= endDay) return 'infinity';
  if (days <= -endDay) return '-infinity';
  return isNear(days) ? new Date(days * perDay * 1_000).toISOString().slice(0, 10) : farDay(days);
}

/** RFC 3339 in UTC of a count since the Unix epoch, with all places that the unit has; far times as far days. */
export function instantText(count: bigint, places: TimePlaces): string {
  if (count >= endCount) return 'infinity';
  if (count <= -endCount) return '-infinity';
  const unit = 10 ** places;
  const near = Number(count);
  if (Number.isSafeInteger(near)) {
    const seconds = Math.floor(near / unit);
    return secondText(seconds, near - seconds * unit, places);
  }
  const wide = BigInt(unit);
  const rest = ((count % wide) + wide) % wide;
  return secondText(Number((count - rest) / wide), Number(rest), places);
}

function secondText(seconds: number, fraction: number, places: TimePlaces): string {
  const days = Math.floor(seconds / perDay);
  const digits = String(fraction).padStart(places, '0');
  if (isNear(days)) return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}.${digits}Z`;
  const time = new Date((seconds - days * perDay) * 1_000).toISOString().slice(11, 19);
  const significant = digits.replace(/0+$/, '');
  return `${farDay(days)} ${time}${significant === '' ? '' : `.${significant}`}`;
}

function isNear(days: number): boolean {
  return days >= firstDay && days <= lastDay;
}

/** Days of 400 years, after which the calendar repeats. */
const cycle = 146_097;

function farDay(days: number): string {
  const cycles = Math.floor(days / cycle);
  const day = new Date((days - cycles * cycle) * perDay * 1_000);
  const year = day.getUTCFullYear() + cycles * 400;
  const monthAndDay = day.toISOString().slice(4, 10);
  return year > 0 ? `${year}${monthAndDay}` : `${String(1 - year).padStart(4, '0')}${monthAndDay} (BC)`;
}

/** `HH:MM:SS.ffffff` of a count since midnight. */
export function timeOfDayText(count: number, places: TimePlaces): string {
  const unit = 10 ** places;
  const seconds = Math.floor(count / unit);
  const parts = [seconds / 3_600, (seconds % 3_600) / 60, seconds % 60].map((part) =>
    String(Math.floor(part)).padStart(2, '0'),
  );
  return `${parts.join(':')}.${String(count - seconds * unit).padStart(places, '0')}`;
}

/** ISO 8601 of Parquet's INTERVAL: months, days and milliseconds, each four bytes, little end first. */
export function durationText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [months, days, ms] = [0, 4, 8].map((at) => view.getUint32(at, true));
  return `P${months}M${days}DT${(ms ?? 0) / 1_000}S`;
}
