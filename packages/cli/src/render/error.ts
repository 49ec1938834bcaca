import { type AppError, type ErrorPlace, errorMessage, isAppError } from '@meltano/foundation/errors';
import type { Style } from './style.ts';

/**
 * An error as a person reads it: one line what, one line where, one line what to type.
 *
 * ```
 * error: Setting 'port' of extractor 'tap-postgres' is not an integer: "54x2"
 *   --> meltano.yml:14:15 (plugins › extractors › tap-postgres)
 *    |
 * 14 |         port: 54x2
 *    |               ^^^^
 *   fix: meltano config set tap-postgres port 5432
 * ```
 */
export function renderError(error: unknown, style: Style): readonly string[] {
  if (!isAppError(error)) return [`${style.red('error:')} ${errorMessage(error)}`];
  return [`${style.red('error:')} ${error.message}`, ...renderWhereAndFix(error, style)];
}

/** The lines below the first one, for faces that write the first line in their own way. */
export function renderWhereAndFix(error: AppError, style: Style): readonly string[] {
  const lines: string[] = [];
  if (error.place) lines.push(...renderPlace(error.place, style));
  if (error.hint !== undefined) {
    const [first = '', ...rest] = error.hint.split('\n');
    lines.push(`  ${style.green('fix:')} ${first}`, ...rest.map((line) => `       ${line}`));
  }
  return lines;
}

function renderPlace(place: ErrorPlace, style: Style): readonly string[] {
  const numbers = [place.line, place.column].filter((number) => number !== undefined);
  const path = place.path === undefined ? '' : ` (${place.path})`;
  const head = `  ${style.cyan('-->')} ${[place.file, ...numbers].join(':')}${path}`;
  if (place.line === undefined || place.text === undefined) return [head];
  const number = String(place.line);
  const margin = ' '.repeat(number.length);
  const mark = ' '.repeat(Math.max((place.column ?? 1) - 1, 0)) + '^'.repeat(Math.max(place.length ?? 1, 1));
  return [
    head,
    `${margin} |`,
    `${number} | ${place.text}`,
    ...(place.column ? [`${margin} | ${style.red(mark)}`] : []),
  ];
}

/** What lies behind an error, outermost first; shown with `--log-level=debug`. */
export function renderCauses(error: unknown): readonly string[] {
  const lines: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  for (let depth = 0; cause !== undefined && depth < 10; depth += 1) {
    const code = isAppError(cause) ? ` [${cause.code}]` : '';
    lines.push(`caused by: ${errorMessage(cause)}${code}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  if (error instanceof Error && error.stack !== undefined) lines.push(error.stack);
  return lines;
}
