import { ExactNumber, isJsonObject, type JsonValue, numberOf } from '@meltano/foundation/json';
import { DateTime } from '../expression/time/date-time.ts';
import { Decimal } from '../expression/value/decimal.ts';
import { Dict } from '../expression/value/dict.ts';
import { floatText } from '../expression/value/float-text.ts';
import { textOf } from '../expression/value/text.ts';
import { Boxed, Bytes, Float, Tuple, type Value } from '../expression/value/value.ts';
import { setMember } from '../schema/member.ts';

/** A result as JSON, the way the Meltano SDK writes it: times as ISO 8601, NaN and infinities as null. */
export function toJson(value: Value): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value;
    case 'bigint':
      return new ExactNumber(String(value));
    default:
      return value === null || value instanceof ExactNumber ? value : objectToJson(value);
  }
}

function objectToJson(value: Exclude<Value, null>): JsonValue {
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Boxed) return boxedToJson(value);
  const copy: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value)) setMember(copy, key, toJson(item as Value));
  return copy;
}

function boxedToJson(value: Boxed & Value): JsonValue {
  if (value instanceof Float) return Number.isFinite(value.value) ? numberOf(floatText(value.value)) : null;
  if (value instanceof Decimal) return numberOf(value.toString());
  if (value instanceof Tuple) return value.items.map(toJson);
  if (value instanceof DateTime) return value.iso();
  if (value instanceof Bytes) return new TextDecoder().decode(value.bytes);
  return value instanceof Dict ? dictToJson(value) : textOf(value);
}

function dictToJson(dict: Dict): JsonValue {
  const object: Record<string, JsonValue> = {};
  for (const [key, item] of dict.entries.values()) setMember(object, keyText(key), toJson(item));
  return object;
}

function keyText(key: Value): string {
  if (key === null || typeof key === 'boolean') return String(key);
  return textOf(key);
}

/** A copy that an expression may change. */
export function copyJson<T extends JsonValue>(value: T): T {
  if (Array.isArray(value)) return value.map((item: JsonValue) => copyJson(item)) as unknown as T;
  if (!isJsonObject(value)) return value;
  const copy: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value)) setMember(copy, key, copyJson(item));
  return copy as unknown as T;
}
