import { type AppError, defineErrors } from '@meltano/foundation/errors';

export const fileError = defineErrors('files', {
  not_found: 'missing',
  unreadable: 'environment',
  invalid_definition: 'invalid',
  invalid_encoding: 'invalid',
  invalid_content: 'invalid',
  no_random_access: 'invalid',
  format_failed: 'plugin',
});

/** What is wrong with the content of a file, and on which line of it, from 1. */
export interface ContentProblem {
  readonly line?: number;
  /** Goes on after the name of the file: `has 3 characters, but a row has 20`. Never quotes the content. */
  readonly problem: string;
  /** What to correct or to set. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The error of a format that cannot read what a file holds: `data/a.txt:7 has 3 characters, but …`. */
export function contentError(file: { readonly name: string }, problem: ContentProblem): AppError {
  const { line, hint, cause } = problem;
  return fileError('invalid_content', {
    message: `${file.name}${line === undefined ? '' : `:${line}`} ${problem.problem}`,
    hint,
    place: line === undefined ? { file: file.name } : { file: file.name, line },
    cause,
  });
}
