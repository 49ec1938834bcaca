/** A unit of Parquet's times, as the number of decimal places of a second. */
export type TimePlaces = 3 | 6 | 9;

const perDay = 86_400;
/** What JavaScript's dates reach: a time beyond it is given as its number, so that a target can say it is none. */
const lastSecond = 8_640_000_000_000;

/** `YYYY-MM-DD` of days since the Unix epoch. */
export function dayText(days: number): string {
  if (Math.abs(days * perDay) > lastSecond) return String(days);
  return new Date(days * perDay * 1_000).toISOString().slice(0, -14);
}

/** RFC 3339 in UTC of a count since the Unix epoch, with all places that the unit has. */
export function instantText(count: bigint, places: TimePlaces): string {
  const unit = 10 ** places;
  const near = Number(count);
  if (Number.isSafeInteger(near)) {
    const seconds = Math.floor(near / unit);
    return secondText(seconds, near - seconds * unit, places) ?? String(count);
  }
  const wide = BigInt(unit);
  const rest = ((count % wide) + wide) % wide;
  return secondText(Number((count - rest) / wide), Number(rest), places) ?? String(count);
}

function secondText(seconds: number, fraction: number, places: TimePlaces): string | undefined {
  if (Math.abs(seconds) > lastSecond) return undefined;
  const whole = new Date(seconds * 1_000).toISOString().slice(0, -5);
  return `${whole}.${String(fraction).padStart(places, '0')}Z`;
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
