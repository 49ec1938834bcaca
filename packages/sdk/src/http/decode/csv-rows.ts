import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { columnNames } from '../../csv/column-names.ts';
import type { CsvDialect } from '../../csv/csv-dialect.ts';
import { type CsvRow, createCsvParser } from '../../csv/csv-parser.ts';
import { setMember } from '../../schema/member.ts';
import { httpError } from '../errors.ts';
import { type Decoder, textOf } from './decoder.ts';

export interface CsvOptions {
  /** One character. Default: a comma. */
  readonly delimiter?: string;
  /** One character. Default: a double quotation mark. */
  readonly quote?: string;
  /** Takes the special meaning from the next character. Default: none; two quotes in a quoted field mean one. */
  readonly escape?: string;
  /** The names of the columns, for answers without a header. Default: the first row. */
  readonly names?: readonly string[];
  /** Texts that stand for null, such as `''`. Default: none, every field is a text. */
  readonly nulls?: readonly string[];
  /** How the rows are encoded, whatever the content type says. */
  readonly charset?: string;
}

/**
 * A record for each row. A row with fewer fields than there are columns has null for the others; one with more fails
 * the stream, for there is no place for what it says (Invariant 4).
 */
export function csvRows({ names, nulls = [], charset, ...given }: CsvOptions = {}): Decoder {
  const dialect = dialectOf(given);
  const absent = new Set(nulls);
  return {
    isDocument: false,
    async *read(bytes, facts) {
      const { label } = facts;
      const parser = createCsvParser(dialect, ({ line, problem }) => unreadable(label, line, problem));
      let columns = names;
      const recordsOf = (rows: readonly CsvRow[]): readonly JsonValue[] => {
        const [header, ...others] = rows;
        if (header === undefined) return [];
        const isHeader = columns === undefined;
        const known = (columns ??= columnNames(header.fields));
        return (isHeader ? others : rows).map((row) => recordOf(row, known, absent, label));
      };
      for await (const text of textOf(bytes, { ...facts, charset: charset ?? facts.charset }))
        yield recordsOf(parser.push(text));
      yield recordsOf(parser.end());
    },
  };
}

function recordOf(
  { fields, line }: CsvRow,
  names: readonly string[],
  absent: ReadonlySet<string>,
  label: string,
): JsonObject {
  if (fields.length > names.length) {
    const problem = `has ${fields.length} fields, but there are ${names.length} columns`;
    throw unreadable(label, line, problem);
  }
  const record: Record<string, JsonValue> = {};
  for (const [at, name] of names.entries()) {
    const text = fields[at];
    setMember(record, name, text === undefined || absent.has(text) ? null : text);
  }
  return record;
}

function dialectOf({ delimiter = ',', quote = '"', escape }: CsvOptions): CsvDialect {
  const given = Object.entries({ delimiter, quote, ...(escape === undefined ? {} : { escape }) });
  const [wrong] = given.find(([, text]) => text.length !== 1 || /[\r\n]/.test(text)) ?? [];
  if (wrong !== undefined || delimiter === quote || delimiter === escape) {
    throw httpError('invalid_option', {
      message: `The ${wrong ?? 'delimiter'} of CSV ${wrong === undefined ? 'is the quote or the escape, too' : 'must be one character, and no line end'}`,
      hint: 'give the character that the answers of the API have',
    });
  }
  return { delimiter, quote, escape, doubleQuote: true, skipInitialSpace: false };
}

function unreadable(label: string, line: number, problem: string) {
  return httpError('unreadable_body', {
    message: `${label} answers with CSV of which line ${line} ${problem}`,
    hint: 'compare an answer of the API with how it is read: delimiter, quote, escape and names',
    details: { url: label, line },
  });
}
