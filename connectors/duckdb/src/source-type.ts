import { type DuckDBType, DuckDBTypeId, type DuckDBValue, VARCHAR } from '@duckdb/node-api';
import { ExactNumber, type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import { withNull } from '@meltano/sdk/sql-tap/column-form';
import { decimalSchema } from '@meltano/sdk/sql-tap/sql-source';
import { dateText, instantText, nanosecondText } from './time-text.ts';

/** What a type of DuckDB is in Singer, and how a value becomes JSON of that schema. */
export interface SourceType {
  readonly schema: JsonObject;
  readonly ordered: boolean;
  /** Never called with null. */
  readonly convert: Convert;
}

type Value = Exclude<DuckDBValue, null>;
type Convert = (value: Value) => JsonValue;

/**
 * Undefined for a type that has no equivalent: its values can only be read as DuckDB's own texts. `onNotNumber` is
 * called for each NaN and infinity, at any depth, that becomes null.
 */
export function sourceType(type: DuckDBType, onNotNumber: () => void = () => {}): SourceType | undefined {
  const nested = (of: DuckDBType): Nested => {
    const { schema, convert } = sourceType(of, onNotNumber) ?? text;
    return { schema: withNull(schema), convert: (value) => (value === null ? null : convert(value)) };
  };
  if (type.alias === 'JSON')
    return { schema: {}, ordered: false, convert: (value) => parseJson(String(value)) };
  switch (type.typeId) {
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return floatType(type.typeId === DuckDBTypeId.FLOAT ? singlePrecision : Number, onNotNumber);
    case DuckDBTypeId.DECIMAL:
      return { schema: decimalSchema(type.width, type.scale), ordered: true, convert: exactNumber };
    case DuckDBTypeId.ENUM:
      // Ordered as the values are declared, not as texts.
      return { schema: { type: ['string'], enum: [...type.values] }, ordered: false, convert: String };
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return listType(nested(type.valueType));
    case DuckDBTypeId.STRUCT:
      // The driver makes the prototype of its object of such a member.
      if (type.entryNames.includes('__proto__')) return undefined;
      return structType(
        type.entryNames.map((name, at) => ({ name, ...nested(type.entryTypes[at] ?? VARCHAR) })),
      );
    case DuckDBTypeId.UNION:
      return unionType(
        type.memberTags.map((name, at) => ({ name, ...nested(type.memberTypes[at] ?? VARCHAR) })),
      );
    case DuckDBTypeId.MAP:
      return mapType(type.keyType, nested(type.keyType), nested(type.valueType));
    default:
      return plainTypes.get(type.typeId);
  }
}

const integer = scalar({ type: ['integer'] }, wholeNumber);
const text = scalar({ type: ['string'] }, String);
const unorderedText = { ...text, ordered: false };
const timestamp = { type: ['string'], format: 'date-time' };

const plainTypes: ReadonlyMap<DuckDBTypeId, SourceType> = new Map([
  [DuckDBTypeId.BOOLEAN, { ...scalar({ type: ['boolean'] }, Boolean), ordered: false }],
  ...[
    DuckDBTypeId.TINYINT,
    DuckDBTypeId.SMALLINT,
    DuckDBTypeId.INTEGER,
    DuckDBTypeId.BIGINT,
    DuckDBTypeId.UTINYINT,
    DuckDBTypeId.USMALLINT,
    DuckDBTypeId.UINTEGER,
  ].map((id) => [id, integer] as const),
  [DuckDBTypeId.UBIGINT, wideInteger(0, 2 ** 64)],
  [DuckDBTypeId.HUGEINT, wideInteger(-(2 ** 127), 2 ** 127)],
  [DuckDBTypeId.UHUGEINT, wideInteger(0, 2 ** 128)],
  [DuckDBTypeId.VARCHAR, text],
  [DuckDBTypeId.UUID, scalar({ type: ['string'], format: 'uuid' }, String)],
  [
    DuckDBTypeId.BLOB,
    { ...scalar({ type: ['string'], contentEncoding: 'base16' }, hexadecimal), ordered: false },
  ],
  [DuckDBTypeId.DATE, scalar({ type: ['string'], format: 'date' }, dateText)],
  [DuckDBTypeId.TIME, { ...scalar({ type: ['string'], format: 'time' }, String), ordered: false }],
  [DuckDBTypeId.TIME_NS, unorderedText],
  [DuckDBTypeId.TIME_TZ, unorderedText],
  [DuckDBTypeId.TIMESTAMP, scalar(timestamp, instantText)],
  [DuckDBTypeId.TIMESTAMP_TZ, scalar(timestamp, instantText)],
  [DuckDBTypeId.TIMESTAMP_S, scalar(timestamp, instantText)],
  [DuckDBTypeId.TIMESTAMP_MS, scalar(timestamp, instantText)],
  // Finer than what bookmarks are compared by.
  [DuckDBTypeId.TIMESTAMP_NS, { ...scalar(timestamp, nanosecondText), ordered: false }],
  [DuckDBTypeId.INTERVAL, unorderedText],
  [DuckDBTypeId.BIT, unorderedText],
]);

function scalar(schema: JsonObject, convert: Convert): SourceType {
  return { schema, ordered: true, convert };
}

/** The limits tell a target that 64 bits do not do. */
function wideInteger(minimum: number, maximum: number): SourceType {
  return scalar({ type: ['integer'], minimum, maximum }, wholeNumber);
}

function wholeNumber(value: Value): JsonValue {
  if (typeof value === 'number') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : new ExactNumber(String(value));
}

function exactNumber(value: Value): JsonValue {
  return new ExactNumber(String(value));
}

function floatType(read: (value: Value) => number, onNotNumber: () => void): SourceType {
  return scalar({ type: ['number'] }, (value) => {
    if (Number.isFinite(value)) return read(value);
    onNotNumber();
    return null;
  });
}

/** The shortest number that is this one in single precision: 0.1, not 0.10000000149011612. */
function singlePrecision(value: Value): number {
  const given = Number(value);
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(given.toPrecision(digits));
    if (Math.fround(short) === given) return short;
  }
  return given;
}

function hexadecimal(value: Value): string {
  const { bytes } = value as { readonly bytes: Uint8Array };
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** A type within a list or struct. One without equivalent is text: DuckDB's values say themselves as texts. */
interface Nested {
  readonly schema: JsonObject;
  readonly convert: (value: DuckDBValue) => JsonValue;
}

type Member = Nested & { readonly name: string };

function listType(item: Nested): SourceType {
  return {
    schema: { type: ['array'], items: item.schema },
    ordered: false,
    convert: (value) => (value as { readonly items: readonly DuckDBValue[] }).items.map(item.convert),
  };
}

function structType(members: readonly Member[]): SourceType {
  return {
    schema: objectSchema(members),
    ordered: false,
    convert(value) {
      const { entries } = value as { readonly entries: Readonly<Record<string, DuckDBValue>> };
      return Object.fromEntries(members.map(({ name, convert }) => [name, convert(entries[name] ?? null)]));
    },
  };
}

/** An object with one member, that of the value's tag: as DuckDB's own `to_json`. */
function unionType(members: readonly Member[]): SourceType {
  return {
    schema: objectSchema(members),
    ordered: false,
    convert(given) {
      const { tag, value } = given as { readonly tag: string; readonly value: DuckDBValue };
      const member = members.find(({ name }) => name === tag);
      return { [tag]: member === undefined ? String(value) : member.convert(value) };
    },
  };
}

/** An object where the keys are texts, else a list of pairs: JSON has no other keys. */
function mapType(keyType: DuckDBType, key: Nested, value: Nested): SourceType {
  const entriesOf = (map: Value) =>
    (map as { readonly entries: readonly { readonly key: DuckDBValue; readonly value: DuckDBValue }[] })
      .entries;
  if (keyType.typeId === DuckDBTypeId.VARCHAR) {
    return {
      schema: { type: ['object'], additionalProperties: value.schema },
      ordered: false,
      convert: (map) =>
        Object.fromEntries(entriesOf(map).map((entry) => [String(entry.key), value.convert(entry.value)])),
    };
  }
  const pair = objectSchema([
    { ...key, name: 'key' },
    { ...value, name: 'value' },
  ]);
  return {
    schema: { type: ['array'], items: pair },
    ordered: false,
    convert: (map) =>
      entriesOf(map).map((entry) => ({ key: key.convert(entry.key), value: value.convert(entry.value) })),
  };
}

function objectSchema(members: readonly Member[]): JsonObject {
  return {
    type: ['object'],
    properties: Object.fromEntries(members.map(({ name, schema }) => [name, schema])),
  };
}
