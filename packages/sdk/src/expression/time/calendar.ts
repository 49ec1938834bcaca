import { fail } from '../failure.ts';

export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (monthLengths[month - 1] ?? 0);
}

/** Python's calendar has the years 1 to 9999. */
export function assertDay({ year, month, day }: Day): void {
  if (year < 1 || year > 9999) fail('ValueError', 'a year must be between 1 and 9999');
  if (month < 1 || month > 12) fail('ValueError', 'a month must be between 1 and 12');
  if (day < 1 || day > daysInMonth(year, month)) fail('ValueError', 'the month does not have this day');
}

/** Days since 1 January 1970. */
export function toDays({ year, month, day }: Day): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000;
}

export function fromDays(days: number): Day {
  if (days < -719_162 || days > 2_932_896)
    fail('OverflowError', 'the date is outside of the years 1 to 9999');
  const date = new Date(days * 86_400_000);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** 0 is Monday. */
export function weekdayOf(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

export function dayOfYear(day: Day): number {
  return toDays(day) - toDays({ year: day.year, month: 1, day: 1 }) + 1;
}

export interface IsoWeek {
  readonly year: number;
  readonly week: number;
  /** 1 is Monday. */
  readonly weekday: number;
}

export function isoWeekOf(days: number): IsoWeek {
  const weekday = weekdayOf(days);
  // The Thursday of a week says to which year it belongs.
  const thursday = fromDays(days - weekday + 3);
  const week = Math.floor((dayOfYear(thursday) - 1) / 7) + 1;
  return { year: thursday.year, week, weekday: weekday + 1 };
}

export function daysOfIsoWeek({ year, week, weekday }: IsoWeek): number {
  const fourth = toDays({ year, month: 1, day: 4 });
  const monday = fourth - weekdayOf(fourth);
  const days = monday + (week - 1) * 7 + weekday - 1;
  if (weekday < 1 || weekday > 7 || week < 1 || isoWeekOf(days - weekday + 1).week !== week)
    fail('ValueError', 'there is no such week or weekday');
  return days;
}
