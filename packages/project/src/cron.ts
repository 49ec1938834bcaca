import { projectError } from './errors.ts';

/** Interval aliases and their cron expressions; null for those that never run on their own. */
export const cronAliases: Readonly<Record<string, string | null>> = {
  '@once': null,
  '@manual': null,
  '@none': null,
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** The cron expression of an interval; what is no alias passes unchanged. */
export function cronInterval(interval: string): string | null {
  const alias = Object.hasOwn(cronAliases, interval) ? cronAliases[interval] : undefined;
  return alias === undefined ? interval : alias;
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
  /** Whole-field spellings beside `*`. */
  readonly words?: readonly string[];
  readonly wraps?: true;
}

const fields: readonly Field[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31, words: ['?', 'l'] },
  { min: 1, max: 12, names: months },
  { min: 0, max: 7, names: weekdays, words: ['?'], wraps: true },
];

/**
 * Whether an interval is an alias or a five-field cron expression, as leniently as Meltano takes it: of a
 * comma list one valid part is enough (meltano-runtime §7.2).
 */
export function isValidInterval(interval: string): boolean {
  if (Object.hasOwn(cronAliases, interval)) return true;
  const parts = interval.toLowerCase().trim().split(/\s+/);
  return (
    parts.length === fields.length &&
    fields.every((field, index) => (parts[index] ?? '').split(',').some((part) => isValidPart(field, part)))
  );
}

/** Throws `project.invalid_interval`. */
export function assertInterval(interval: string): void {
  if (isValidInterval(interval)) return;
  throw projectError('invalid_interval', {
    message: `Invalid Cron expression or alias: '${interval}'`,
    hint: 'Please use a valid cron expression, e.g. `0 6 * * *`, or an alias such as `@daily`',
    details: { interval },
  });
}

function isValidPart(field: Field, part: string): boolean {
  if (part === '*' || (field.words ?? []).includes(part)) return true;
  const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
  if (range === '' || step === '0') return false;
  if (range === '*') return true;
  const [from, to, ...more] = range.split('-').map((text) => fieldValue(field, text));
  if (from === undefined || more.length > 0) return false;
  if (!range.includes('-')) return true;
  return to !== undefined && (field.wraps === true || from <= to);
}

function fieldValue(field: Field, text: string): number | undefined {
  const named = field.names?.indexOf(text) ?? -1;
  if (named !== -1) return named + field.min;
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= field.min && value <= field.max ? value : undefined;
}
