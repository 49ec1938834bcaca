const iso = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[-+]\d{2}:(?:00|30))?)?$/;

const unitMs: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};
const units = '(second|minute|hour|day|week|month|year)s?';
const words: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
};

/**
 * ISO 8601 text stays as it is; a date for people (`3 days ago`, `yesterday`, `2020-01-01T00:00`,
 * `January 5, 2021`) becomes ISO text without zone, in UTC, relative to `now` (milliseconds since the epoch).
 * What is neither stays unchanged.
 */
export function parseDateText(text: string, now: number): string {
  if (iso.test(text)) return text;
  const plain = text.trim().toLowerCase();
  const time = relativeDate(plain, now) ?? absoluteDate(plain);
  return time === undefined ? text : isoWithoutZone(time);
}

function isoWithoutZone(time: number): string {
  const text = new Date(time).toISOString();
  const milliseconds = text.slice(20, 23);
  return text.slice(0, 19) + (milliseconds === '000' ? '' : `.${milliseconds}000`);
}

function relativeDate(text: string, now: number): number | undefined {
  if (text === 'now' || text === 'today') return now;
  if (text === 'yesterday') return now - 86_400_000;
  if (text === 'tomorrow') return now + 86_400_000;
  const [, which, lastUnit] = new RegExp(`^(last|next) ${units}$`).exec(text) ?? [];
  if (lastUnit !== undefined) return shift(now, which === 'last' ? -1 : 1, lastUnit);
  const future = text.startsWith('in ');
  const body = text.replace(/^in /, '').replace(/ ago$/, '');
  if (future && text.endsWith(' ago')) return undefined;
  const parts = [
    ...body.matchAll(new RegExp(`(\\d+|${Object.keys(words).join('|')})\\s*${units}(?:,? and |,? |$)`, 'g')),
  ];
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== body) return undefined;
  return parts.reduce((time, [, count = '', unit = '']) => {
    return shift(time, (future ? 1 : -1) * (words[count] ?? Number(count)), unit);
  }, now);
}

function shift(time: number, count: number, unit: string): number {
  const ms = unitMs[unit];
  if (ms !== undefined) return time + count * ms;
  const date = new Date(time);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count * (unit === 'year' ? 12 : 1));
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const clock = '(?:[t ,]+(\\d{1,2}):(\\d{2})(?::(\\d{2}))?(?:\\.\\d+)?)?';
const numeric = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${clock}z?$`);
const dayFirst = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)? ([a-z]{3})[a-z]*\\.?,? (\\d{4})${clock}$`);
const monthFirst = new RegExp(`^([a-z]{3})[a-z]*\\.? (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})${clock}$`);

function absoluteDate(text: string): number | undefined {
  const [, year, month, day, ...time] = numeric.exec(text) ?? [];
  if (year !== undefined) return utc(Number(year), Number(month), Number(day), time);
  const [, day2, name2 = '', year2, ...time2] = dayFirst.exec(text) ?? [];
  if (day2 !== undefined) return utc(Number(year2), months.indexOf(name2) + 1, Number(day2), time2);
  const [, name3, day3, year3, ...time3] = monthFirst.exec(text) ?? [];
  if (name3 !== undefined) return utc(Number(year3), months.indexOf(name3) + 1, Number(day3), time3);
  return undefined;
}

function utc(
  year: number,
  month: number,
  day: number,
  time: readonly (string | undefined)[],
): number | undefined {
  const [hour = 0, minute = 0, second = 0] = time.map((part) => Number(part ?? 0));
  const value = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(value);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60;
  return isReal ? value : undefined;
}
