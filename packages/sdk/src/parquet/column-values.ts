import { ExactNumber, isJsonObject, type JsonValue, numberOf, parseJson } from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';
import type { ColumnNode } from './column-node.ts';
import type { LeafKind } from './leaf-kind.ts';
import { dayText, durationText, instantText, timeOfDayText } from './time-text.ts';

/** Makes JSON of what is stored. */
export type ConvertValue = (stored: unknown) => JsonValue;

/** Counts what JSON does not have. */
export interface ValueCounts {
  /** NaN and Infinity, read as null. */
  notNumbers: number;
}

/** Converts the values of a column; of structs only the members that the wanted schema has. */
export function columnConverter(
  node: ColumnNode,
  wanted: JsonValue | undefined,
  counts: ValueCounts,
): ConvertValue {
  const convert = plainConverter(node, wanted, counts);
  return (stored) => (stored === null || stored === undefined ? null : convert(stored));
}

function plainConverter(node: ColumnNode, wanted: JsonValue | undefined, counts: ValueCounts): ConvertValue {
  switch (node.kind) {
    case 'leaf':
      return leafConverter(node.leaf, counts);
    case 'struct':
      return structConverter(node.members, wanted, counts);
    case 'list': {
      const each = columnConverter(node.element, isJsonObject(wanted) ? wanted['items'] : undefined, counts);
      return (stored) => (stored as readonly unknown[]).map(each);
    }
    case 'map':
      return mapConverter(node, wanted, counts);
    case 'variant':
      return (stored) => variantJson(stored, counts);
  }
}

function structConverter(
  members: readonly ColumnNode[],
  wanted: JsonValue | undefined,
  counts: ValueCounts,
): ConvertValue {
  const schemas =
    isJsonObject(wanted) && isJsonObject(wanted['properties']) ? wanted['properties'] : undefined;
  const picked = members
    .filter(({ name }) => schemas === undefined || Object.hasOwn(schemas, name))
    .map((member) => ({
      name: member.name,
      convert: columnConverter(member, schemas?.[member.name], counts),
    }));
  return (stored) => {
    const object: Record<string, JsonValue> = {};
    for (const { name, convert } of picked)
      setMember(object, name, convert((stored as Readonly<Record<string, unknown>>)[name]));
    return object;
  };
}

function mapConverter(
  node: ColumnNode & { readonly kind: 'map' },
  wanted: JsonValue | undefined,
  counts: ValueCounts,
): ConvertValue {
  const key = columnConverter(node.key, undefined, counts);
  const schema = isJsonObject(wanted) ? wanted['additionalProperties'] : undefined;
  const value = columnConverter(node.value, schema, counts);
  return (stored) => {
    const object: Record<string, JsonValue> = {};
    const entries = (stored as Readonly<Record<string, unknown>>)[node.entries] ?? [];
    for (const entry of entries as readonly Readonly<Record<string, unknown>>[])
      setMember(object, String(key(entry[node.key.name])), value(entry[node.value.name]));
    return object;
  };
}

/** Values come as the library reads them without annotations: numbers, bigints, texts and bytes; INT96 as text. */
function leafConverter(leaf: LeafKind, counts: ValueCounts): ConvertValue {
  switch (leaf.kind) {
    case 'boolean':
    case 'text':
    case 'int96':
      return (stored) => stored as JsonValue;
    case 'json':
      return (stored) => jsonOf(String(stored));
    case 'null':
      return () => null;
    case 'uuid':
      return (stored) => uuidText(hexText(stored as Uint8Array));
    case 'date':
      return (stored) => dayText(Number(stored));
    case 'time':
      return (stored) => timeOfDayText(Number(stored), leaf.places);
    case 'timestamp':
      return (stored) => instantText(stored as bigint, leaf.places);
    case 'interval':
      return (stored) => durationText(stored as Uint8Array);
    case 'binary':
      return (stored) => hexText(stored as Uint8Array);
    case 'double':
      return (stored) => finite(stored as number, counts);
    case 'float16':
      return (stored) => finite(halfFloat(stored as Uint8Array), counts);
    case 'decimal':
      return (stored) => decimalNumber(unscaled(stored), leaf.scale);
    case 'integer':
      return integerConverter(leaf.bits, leaf.isSigned);
  }
}

function integerConverter(bits: number, isSigned: boolean): ConvertValue {
  if (bits < 64) return isSigned ? (stored) => Number(stored) : (stored) => unsigned32(Number(stored));
  return isSigned
    ? (stored) => wholeNumber(stored as bigint)
    : (stored) => wholeNumber(BigInt.asUintN(64, stored as bigint));
}

function unsigned32(stored: number): number {
  return stored < 0 ? stored + 2 ** 32 : stored;
}

function wholeNumber(value: bigint): number | ExactNumber {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : new ExactNumber(String(value));
}

function unscaled(stored: unknown): bigint {
  if (typeof stored === 'bigint') return stored;
  if (typeof stored === 'number') return BigInt(stored);
  const bytes = stored as Uint8Array;
  return bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hexText(bytes)}`));
}

function decimalNumber(digits: bigint, scale: number): number | ExactNumber {
  if (scale <= 0) return wholeNumber(digits * 10n ** BigInt(-scale));
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  return numberOf(`${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`);
}

function finite(value: number, counts: ValueCounts): number | null {
  if (Number.isFinite(value)) return value;
  counts.notNumbers += 1;
  return null;
}

/** IEEE 754 of two bytes, little end first. */
function halfFloat(bytes: Uint8Array): number {
  const word = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >> 10) & 0x1f;
  const fraction = word & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1_024) * 2 ** (exponent - 15);
}

function hexText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function uuidText(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A column that says it is JSON and is not stays text. */
function jsonOf(text: string): JsonValue {
  try {
    return parseJson(text) as JsonValue;
  } catch {
    return text;
  }
}

/** What the library decodes of a VARIANT: plain values, whose kinds only the value itself tells. */
function variantJson(value: unknown, counts: ValueCounts): JsonValue {
  if (typeof value === 'bigint') return wholeNumber(value);
  if (typeof value === 'number') return finite(value, counts);
  if (value instanceof Uint8Array) return hexText(value);
  if (Array.isArray(value)) return value.map((each) => variantJson(each, counts));
  if (typeof value === 'object' && value !== null) {
    const object: Record<string, JsonValue> = {};
    for (const [name, member] of Object.entries(value)) setMember(object, name, variantJson(member, counts));
    return object;
  }
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}
