import { type AppError, type ErrorPlace, errorMessage, isAppError } from '@meltano/foundation/errors';
import type { Style } from './style.ts';
import { wrapHint, wrapText } from './wrap-text.ts';

/**
 * An error as a person reads it: one line what, one line where, one line what to type.
 *
 * ```
 * Error: Setting 'port' of extractor 'tap-postgres' is not an integer: "54x2"
 *   --> meltano.yml:14:15 (plugins › extractors › tap-postgres)
 *    |
 * 14 |         port: 54x2
 *    |               ^^^^
 *   fix: meltano config set tap-postgres port 5432
 * ```
 */
export function renderError(error: unknown, style: Style, width?: number): readonly string[] {
  const message = isAppError(error) ? error.message : errorMessage(error);
  const first = wrapText(`${style.red('Error:')} ${message}`, { width, hang: 2 });
  return isAppError(error) ? [...first, ...renderWhereAndFix(error, style, width)] : first;
}

/** The lines below the first one, for faces that write the first line in their own way. */
export function renderWhereAndFix(error: AppError, style: Style, width?: number): readonly string[] {
  const place = error.place === undefined ? [] : renderPlace(error.place, style, width);
  const { hint } = error;
  return hint === undefined
    ? place
    : [...place, ...wrapHint(`  ${style.green('fix:')} `, hint, { width, hang: 7 })];
}

function renderPlace(place: ErrorPlace, style: Style, width: number | undefined): readonly string[] {
  const numbers = [place.line, place.column].filter((number) => number !== undefined);
  const path = place.path === undefined ? '' : ` (${place.path})`;
  const where = `  ${style.cyan('-->')} ${[place.file, ...numbers].join(':')}${path}`;
  const head = wrapText(where, { width, hang: 6 });
  if (place.line === undefined || place.text === undefined) return head;
  const number = String(place.line);
  const margin = ' '.repeat(number.length);
  const { text, column } = visiblePart(
    place.text,
    place.column ?? 1,
    (width ?? Infinity) - margin.length - 3,
  );
  const mark = ' '.repeat(Math.max(column - 1, 0)) + '^'.repeat(markLength(place, text, column));
  return [
    ...head,
    `${margin} |`,
    `${number} | ${text}`,
    ...(place.column ? [`${margin} | ${style.red(mark)}`] : []),
  ];
}

/** Before the mark this much of a long line is left. */
const context = 20;

/** Of a line that is wider than the terminal the part around the mark. */
function visiblePart(
  text: string,
  column: number,
  room: number,
): { readonly text: string; readonly column: number } {
  if (text.length <= room) return { text, column };
  const start = column - 1 > room - context ? Math.max(column - 1 - context, 0) : 0;
  return { text: text.slice(start, start + room), column: column - start };
}

function markLength({ length = 1 }: ErrorPlace, text: string, column: number): number {
  return Math.max(Math.min(length, text.length - column + 1), 1);
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
