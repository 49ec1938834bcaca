import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  stringifyJson,
} from '@meltano/foundation/json';
import type { SchemaElement } from 'hyparquet';
import { parseDecimal, rescale } from '../schema/decimal.ts';

/** How a property of a stream is kept in a column of Parquet. */
export interface WrittenColumn {
  /** The column and what lies below it, in the order of the file's schema. */
  readonly elements: readonly SchemaElement[];
  /** What is stored for a value; throws an `UnfitValue` for one that the column cannot hold. */
  store(value: JsonValue): unknown;
}

/** A value that the column of its property cannot hold; says why, never what. */
export class UnfitValue extends Error {}

/**
 * Times stay text, as records have them; whole numbers have 64 bits, decimals of a known scale 38 digits. Objects whose
 * members the schema names are structs, lists of one type are lists; what may have any shape is JSON as text.
 */
export function writtenColumn(name: string, schema: JsonValue | undefined): WrittenColumn {
  if (!isJsonObject(schema)) return jsonColumn(name);
  const types = typesOf(schema);
  const [type, ...others] = types.has('number')
    ? [...types].filter((each) => each !== 'integer')
    : [...types];
  if (others.length > 0) return jsonColumn(name);
  switch (type) {
    case 'boolean':
      return leafColumn({ name, type: 'BOOLEAN' }, (value) => expected(typeof value === 'boolean', value));
    case 'integer':
      return leafColumn({ name, type: 'INT64' }, longOf);
    case 'number':
      return numberColumn(name, schema);
    case 'string':
      return leafColumn({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8' }, (value) =>
        expected(typeof value === 'string', value),
      );
    case 'array':
      return listColumn(name, schema);
    case 'object':
      return structColumn(name, schema);
    default:
      return jsonColumn(name);
  }
}

function typesOf(schema: JsonObject): ReadonlySet<JsonValue> {
  const type = schema['type'];
  const types = new Set(isJsonArray(type) ? type : type === undefined ? [] : [type]);
  types.delete('null');
  return types;
}

function leafColumn(element: SchemaElement, store: (value: JsonValue) => unknown): WrittenColumn {
  return {
    elements: [{ ...element, repetition_type: 'OPTIONAL' }],
    store: (value) => (value === null ? null : store(value)),
  };
}

/** Without the older annotation, at which the library would write the text as JSON once more. */
function jsonColumn(name: string): WrittenColumn {
  return leafColumn({ name, type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } }, stringifyJson);
}

function numberColumn(name: string, schema: JsonObject): WrittenColumn {
  const step = parseDecimal(String(schema['multipleOf'] ?? ''));
  if (step?.digits !== 1n || step.scale > 38) return leafColumn({ name, type: 'DOUBLE' }, doubleOf);
  const { scale } = step;
  const decimal = { converted_type: 'DECIMAL', precision: 38, scale } as const;
  const element = { name, type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, ...decimal } as const;
  return leafColumn(element, (value) => unscaledOf(value, scale));
}

function listColumn(name: string, schema: JsonObject): WrittenColumn {
  const { items } = schema;
  if (!isJsonObject(items)) return jsonColumn(name);
  const item = writtenColumn('element', items);
  return {
    elements: [
      { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      ...item.elements,
    ],
    store: (value) => (value === null ? null : listOf(value).map((each) => item.store(each))),
  };
}

function structColumn(name: string, schema: JsonObject): WrittenColumn {
  const { properties, additionalProperties: more } = schema;
  const isClosed = more === undefined || more === false;
  if (!isClosed || !isJsonObject(properties) || Object.keys(properties).length === 0) return jsonColumn(name);
  const members = Object.entries(properties).map(([key, each]) => ({
    key,
    column: writtenColumn(key, each),
  }));
  return {
    elements: [
      { name, repetition_type: 'OPTIONAL', num_children: members.length },
      ...members.flatMap(({ column }) => column.elements),
    ],
    store(value) {
      if (value === null) return null;
      if (!isJsonObject(value)) throw new UnfitValue('is not what its schema says');
      const entries = members.map(({ key, column }) => [
        key,
        column.store(Object.hasOwn(value, key) ? (value[key] ?? null) : null),
      ]);
      return Object.fromEntries(entries);
    },
  };
}

function listOf(value: JsonValue): readonly JsonValue[] {
  if (isJsonArray(value)) return value;
  throw new UnfitValue('is not what its schema says');
}

function expected(isRight: boolean, value: JsonValue): JsonValue {
  if (isRight) return value;
  throw new UnfitValue('is not what its schema says');
}

function longOf(value: JsonValue): bigint {
  const whole = unscaledOf(value, 0);
  if (BigInt.asIntN(64, whole) === whole) return whole;
  throw new UnfitValue('is a whole number of more than 64 bits');
}

function unscaledOf(value: JsonValue, scale: number): bigint {
  if (scale === 0 && Number.isSafeInteger(value)) return BigInt(value as number);
  const isNumber = typeof value === 'number' || value instanceof ExactNumber;
  const decimal = isNumber ? parseDecimal(String(value)) : undefined;
  const digits = decimal === undefined ? undefined : rescale(decimal, scale);
  if (digits === undefined) throw new UnfitValue(`is not a number of at most ${scale} places`);
  if (digits > maxDigits || digits < -maxDigits) throw new UnfitValue('is a number of more than 38 digits');
  return digits;
}

const maxDigits = 10n ** 38n - 1n;

/** A number whose digits a double does not keep would be another one. */
function doubleOf(value: JsonValue): number {
  if (typeof value === 'number') return value;
  if (!(value instanceof ExactNumber)) throw new UnfitValue('is not what its schema says');
  const near = Number(value.text);
  const [exact, kept] = [parseDecimal(value.text), parseDecimal(String(near))];
  if (exact !== undefined && kept?.digits === exact.digits && kept.scale === exact.scale) return near;
  throw new UnfitValue('has more digits than a double keeps');
}
