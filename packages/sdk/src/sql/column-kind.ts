import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@meltano/foundation/json';
import { parseDecimal } from '../schema/decimal.ts';

/**
 * What a column can hold, in words that no database owns. `integer` has 64 bits, `big-integer` up to 38
 * digits, a `timestamp` is an instant in microseconds.
 */
export type ColumnKind =
  | {
      readonly kind:
        | 'boolean'
        | 'integer'
        | 'big-integer'
        | 'double'
        | 'text'
        | 'date'
        | 'time'
        | 'timestamp'
        | 'json';
    }
  | DecimalKind;

export interface DecimalKind {
  readonly kind: 'decimal';
  readonly precision: number;
  readonly scale: number;
}

export const maxPrecision = 38;

const text: ColumnKind = { kind: 'text' };
const json: ColumnKind = { kind: 'json' };

/** What a database makes of a type named in its own words; undefined for one that it does not know. */
export type NamedKind = (type: string) => ColumnKind | undefined;

/**
 * The column that holds every value a property's JSON Schema admits without loss; never a double for what is exact.
 * `x-sql-datatype` names a type outright, where the database has one of that name.
 */
export function columnKindOf(schema: JsonValue | undefined, named?: NamedKind): ColumnKind {
  if (!isJsonObject(schema)) return json;
  const type = schema['x-sql-datatype'];
  const wanted = typeof type === 'string' ? named?.(type.toUpperCase()) : undefined;
  if (wanted !== undefined) return wanted;
  const branches = branchesOf(schema);
  if (branches !== undefined) return commonKind(branches.map((branch) => columnKindOf(branch, named)));
  const types = typesOf(schema);
  // What is never anything but null tells no type; a text holds most of what it may become.
  if (types.length === 0) return schema['type'] === undefined ? kindOfConstants(schema) : text;
  return commonKind(types.map((type) => kindOfType(type, schema)));
}

/** The alternatives of `anyOf` and `oneOf` without null. A bare text among them is tolerated: the Meltano SDK writes `"null"`. */
function branchesOf(schema: JsonObject): readonly JsonObject[] | undefined {
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (!isJsonArray(branches)) return undefined;
  return branches.filter(isJsonObject).filter((branch) => JSON.stringify(branch['type']) !== '"null"');
}

function typesOf(schema: JsonObject): readonly string[] {
  const type = schema['type'];
  const types = isJsonArray(type) ? type : [type ?? 'null'];
  return types.filter((each): each is string => typeof each === 'string' && each !== 'null');
}

function kindOfConstants(schema: JsonObject): ColumnKind {
  const values = isJsonArray(schema['enum']) ? schema['enum'] : [schema['const'] ?? {}];
  return values.every((value) => value === null || typeof value === 'string') ? text : json;
}

function kindOfType(type: string, schema: JsonObject): ColumnKind {
  switch (type) {
    case 'boolean':
      return { kind: type };
    case 'integer':
      return { kind: isBeyondLong(schema) ? 'big-integer' : type };
    case 'number':
      return kindOfNumber(schema);
    case 'string':
      return kindOfText(schema);
    default:
      return json;
  }
}

/** A stated limit outside of 64 bits: values there are to be expected. */
function isBeyondLong({ minimum, maximum }: JsonObject): boolean {
  const [least, greatest] = [minimum, maximum].map((limit) => Number(limit ?? 0));
  return (least ?? 0) < -(2 ** 63) || (greatest ?? 0) > 2 ** 63;
}

const unknownScale = 30;
const firstScale = 18;

/**
 * A `multipleOf` that is a power of ten says how many digits stand after the point (Singer rule 23), and
 * `precision`, which SQL taps of this SDK add, how many there are in all.
 */
function kindOfNumber({ multipleOf: multiple, precision }: JsonObject): ColumnKind {
  const known = typeof multiple === 'number' || multiple instanceof ExactNumber;
  const step = known ? parseDecimal(String(multiple)) : undefined;
  if (step?.digits !== 1n || step.scale > maxPrecision) return { kind: 'double' };
  if (step.scale === 0) return { kind: 'big-integer' };
  // So many places say that nobody knows how many: digits before the point would have no room. Columns grow finer.
  if (precision === undefined && step.scale >= unknownScale)
    return { kind: 'decimal', precision: maxPrecision, scale: firstScale };
  const digits = Number(precision ?? maxPrecision);
  const isUsable = Number.isInteger(digits) && digits >= step.scale && digits <= maxPrecision;
  return { kind: 'decimal', precision: isUsable ? digits : maxPrecision, scale: step.scale };
}

function kindOfText(schema: JsonObject): ColumnKind {
  switch (schema['format']) {
    case 'date-time':
      return { kind: 'timestamp' };
    case 'date':
      return { kind: 'date' };
    case 'time':
      return { kind: 'time' };
    case 'singer.decimal':
    case 'x-singer.decimal':
      return kindOfDecimalText(Number(schema['precision']), Number(schema['scale']));
    default:
      return text;
  }
}

/** Exact decimals travel as text; without precision and scale only text holds them all. */
function kindOfDecimalText(precision: number, scale: number): ColumnKind {
  const known = Number.isInteger(precision) && Number.isInteger(scale) && scale >= 0 && scale <= precision;
  return known && precision <= maxPrecision ? { kind: 'decimal', precision, scale } : text;
}

function commonKind(kinds: readonly ColumnKind[]): ColumnKind {
  const [first = json, ...rest] = kinds;
  return rest.reduce((common, kind) => (sameKind(common, kind) ? common : mixedKind(common, kind)), first);
}

const wholeNumbers = new Set(['integer', 'big-integer']);

function mixedKind(a: ColumnKind, b: ColumnKind): ColumnKind {
  if (a.kind === 'json' || b.kind === 'json') return json;
  if (wholeNumbers.has(a.kind) && b.kind === 'double') return b;
  if (wholeNumbers.has(b.kind) && a.kind === 'double') return a;
  return text;
}

export function sameKind(a: ColumnKind, b: ColumnKind): boolean {
  if (a.kind !== 'decimal' || b.kind !== 'decimal') return a.kind === b.kind;
  return a.precision === b.precision && a.scale === b.scale;
}
