import type { JsonObject, JsonValue } from '@meltano/foundation/json';

/** Messages that a target is fed with, and what must have come of them. */
export interface TargetStream {
  readonly name: string;
  readonly proves: string;
  readonly messages: readonly JsonObject[];
  /** Messages of another load after the first. */
  readonly again?: readonly JsonObject[];
  /** Rows by stream, in any order; members that are not named are not looked at. */
  readonly rows?: Readonly<Record<string, readonly JsonObject[]>>;
  /** The last state. */
  readonly state?: JsonValue;
  /** It must fail, with this in its message, and acknowledge no state. */
  readonly refused?: RegExp;
}

export const text = { type: ['string', 'null'] };
export const whole = { type: ['integer', 'null'] };
export const instant = { type: ['string', 'null'], format: 'date-time' };

export function schema(
  stream: string,
  properties: JsonObject | undefined,
  keys: readonly string[] = ['id'],
  more: JsonObject = {},
): JsonObject {
  const shape = properties === undefined ? {} : { properties };
  return { type: 'SCHEMA', stream, schema: { type: 'object', ...shape, ...more }, key_properties: keys };
}

export function record(stream: string, row: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'RECORD', stream, record: row, ...more };
}

export const state = (value: JsonValue): JsonObject => ({ type: 'STATE', value });
