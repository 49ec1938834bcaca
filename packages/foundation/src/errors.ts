/**
 * What kind of failure an error is. Faces of the product map categories to their own codes, in one table
 * each: the CLI to exit codes, an HTTP API to status codes.
 */
export type ErrorCategory =
  | 'usage'
  | 'invalid'
  | 'missing'
  | 'conflict'
  | 'environment'
  | 'plugin'
  | 'internal'
  | 'cancelled';

/** Where in a file the cause of an error stands; `line` and `column` count from 1. */
export interface ErrorPlace {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** The text of that line, for showing the place to a person. Never holds a secret. */
  readonly text?: string;
  /** Number of columns to underline from `column` on. */
  readonly length?: number;
  /** The logical place, e.g. `plugins › extractors › tap-postgres`. */
  readonly path?: string;
}

export interface AppErrorOptions {
  readonly code: string;
  readonly category: ErrorCategory;
  /** What happened, with the offending name and place. Sentence case, no full stop, no advice. */
  readonly message: string;
  /** What to type or change next. */
  readonly hint?: string | undefined;
  readonly place?: ErrorPlace | undefined;
  /** Facts for programs; values must be free of secrets. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

const mark = Symbol.for('meltano.AppError');

/**
 * The one error class of the product. `code` is stable (`area.reason`) and part of the public interface.
 * Recognised by {@link isAppError}, not by `instanceof`: two copies of this package may be loaded at once.
 */
export class AppError extends Error {
  readonly code: string;
  readonly category: ErrorCategory;
  readonly hint: string | undefined;
  readonly place: ErrorPlace | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(options: AppErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = options.code;
    this.category = options.category;
    this.hint = options.hint;
    this.place = options.place;
    this.details = options.details ?? {};
    Object.defineProperty(this, mark, { value: true });
  }
}

export function isAppError(error: unknown): error is AppError {
  return typeof error === 'object' && error !== null && mark in error;
}

export interface ErrorFacts {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place?: ErrorPlace | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/**
 * Declares the error codes of one area, each with its category, and returns the only way to make them:
 *
 * ```ts
 * export const settingsError = defineErrors('settings', { not_an_integer: 'invalid' });
 * throw settingsError('not_an_integer', { message: `…`, hint: `…` });
 * ```
 */
export function defineErrors<Reason extends string>(
  area: string,
  reasons: Readonly<Record<Reason, ErrorCategory>>,
): (reason: Reason, facts: ErrorFacts) => AppError {
  return (reason, facts) => new AppError({ code: `${area}.${reason}`, category: reasons[reason], ...facts });
}

/** The message of anything that was thrown, for people. */
export function errorMessage(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  return typeof error === 'string' ? error : `unknown failure (${typeof error})`;
}
