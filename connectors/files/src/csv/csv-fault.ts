import type { CsvFault } from '@meltano/sdk/csv/csv-parser';
import { filesError } from '../errors.ts';

const hints: Readonly<Record<CsvFault['kind'], string>> = {
  unclosed_quote: 'correct the line, or set quotechar and escapechar as the file has them',
  record_too_long: 'the file may be no CSV, or have line ends other than LF, CR LF or CR',
};

/** The error for a file that is no CSV. */
export function csvFault(file: string): (found: CsvFault) => Error {
  return ({ kind, line, problem }) =>
    filesError(kind, { message: `${file}:${line} ${problem}`, hint: hints[kind], place: { file, line } });
}
