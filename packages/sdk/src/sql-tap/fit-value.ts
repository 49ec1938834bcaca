import { ExactNumber, isJsonArray, isJsonObject, type JsonValue, numberOf } from '@meltano/foundation/json';
import { parseDecimal } from '../schema/decimal.ts';
import { sqlTapError } from './errors.ts';
import type { SourceColumn, SourceValue } from './sql-source.ts';

/** Makes what a driver gives a value of the column's type, or throws `sql_tap.wrong_type`. */
export type FitValue = (value: SourceValue) => JsonValue;

export interface FitOptions {
  readonly stream: string;
  /** Called for each NaN or infinity, which becomes null. */
  onNotNumber(column: string): void;
}

/** Undefined for a column that may hold anything. Errors quote no value. */
export function fitValue(column: SourceColumn, options: FitOptions): FitValue | undefined {
  const types = typesOf(column);
  if (types.length === 0) return undefined;
  const isTime = column.schema['format'] === 'date-time';
  const isNumber = types.includes('number') && !types.includes('string');
  return (value) => {
    if (value === null) return null;
    if (isNumber && notNumbers.has(String(value))) {
      options.onNotNumber(column.name);
      return null;
    }
    const fitting = fit(value, types, isTime);
    if (fitting === undefined) throw wrongType(column, options.stream, value);
    return fitting;
  };
}

function typesOf({ schema }: SourceColumn): readonly string[] {
  return [schema['type'] ?? []].flat().map(String);
}

const notNumbers: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity']);

function fit(value: SourceValue, types: readonly string[], isTime: boolean): JsonValue | undefined {
  const has = (type: string) => types.includes(type);
  switch (typeof value) {
    case 'number':
      return has('number') || (has('integer') && Number.isInteger(value)) ? value : undefined;
    case 'bigint':
      return has('number') || has('integer') ? numberOf(String(value)) : undefined;
    case 'boolean':
      return has('boolean') ? value : undefined;
    case 'string':
      if (has('string')) return value;
      return isNumeral(value, types) ? numberOf(value) : undefined;
    default:
      return fitObject(value, types, isTime);
  }
}

function fitObject(
  value: Exclude<SourceValue, string | number | boolean | bigint>,
  types: readonly string[],
  isTime: boolean,
): JsonValue | undefined {
  if (value instanceof Date)
    return isTime && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
  if (value instanceof ExactNumber) return isNumeral(String(value), types) ? value : undefined;
  if (value instanceof Uint8Array) return undefined;
  if (isJsonArray(value)) return types.includes('array') ? value : undefined;
  return isJsonObject(value) && types.includes('object') ? value : undefined;
}

/** Digits that are a number of the types: `4991`, `-1.10`. */
function isNumeral(text: string, types: readonly string[]): boolean {
  if (types.includes('number')) return numeral.test(text);
  return types.includes('integer') && numeral.test(text) && parseDecimal(text)?.scale === 0;
}

const numeral = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;

function wrongType(column: SourceColumn, stream: string, value: SourceValue) {
  const { name, type } = column;
  const wanted = typesOf(column).join(' or ');
  return sqlTapError('wrong_type', {
    message: `The column "${name}" (${type}) of stream ${stream} is declared as ${wanted}, but the connector read ${kindOf(value)}`,
    hint: 'it is a mistake of the connector: the schema of the column and what its read yields must agree',
    details: { stream, column: name },
  });
}

function kindOf(value: SourceValue): string {
  if (value instanceof Date) return 'a Date';
  if (value instanceof Uint8Array) return 'bytes';
  if (isJsonArray(value)) return 'a list';
  if (value instanceof ExactNumber) return 'a number';
  return { string: 'a text', object: 'an object' }[String(typeof value)] ?? `a ${typeof value}`;
}
