import { AppError, isAppError } from '@meltano/foundation/errors';

/** How far an input was read; lines count from 1. */
export interface InputPosition {
  line: number;
}

/** The same error with the line of the input in which its cause stands. */
export function atLine(error: AppError, line: number): AppError {
  return placed(error, `Line ${line} of the input: ${error.message}`, line);
}

/**
 * The same error with the line up to which the input was read when it came: for what fails behind the reader, on a
 * record of that line or of some before. One that names a line of the input already stays as it is.
 */
export function readUpTo(error: unknown, { line }: InputPosition): unknown {
  if (!isAppError(error) || line === 0 || 'line' in error.details) return error;
  return placed(error, `${error.message} (the input was read up to line ${line})`, line);
}

function placed(cause: AppError, message: string, line: number): AppError {
  const { code, category, hint, place, details } = cause;
  return new AppError({ code, category, message, hint, place, details: { ...details, line }, cause });
}
