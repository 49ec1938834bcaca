import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { compareDecimals, type Decimal, parseDecimal } from '../schema/decimal.ts';
import { parseInstant } from '../schema/instant.ts';
import { timeFormats } from './time-formats.ts';

/** How values of a replication key are ordered: by its type in the schema, never as raw text of a number or time. */
export interface ReplicationOrder {
  /** A value that can be ordered; undefined for null and for what is not of the type. */
  parse(value: JsonValue | undefined): Ordinal | undefined;
}

export type Ordinal =
  | { readonly kind: 'instant'; readonly value: bigint }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'exact'; readonly value: ExactNumber }
  | { readonly kind: 'text'; readonly value: string };

export function isTimeProperty(schema: JsonObject, property: string): boolean {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return JSON.stringify(properties[property] ?? {}).includes('"format":"date');
}

/** `formats` are those of times that are not written as RFC 3339, see `StreamDefinition.timeFormats`. */
export function replicationOrder(
  schema: JsonObject,
  property: string,
  formats?: readonly string[],
): ReplicationOrder {
  const isTime = isTimeProperty(schema, property);
  const times = formats === undefined ? undefined : timeFormats(formats);
  return {
    parse(value) {
      const moment = times?.parse(value);
      if (moment !== undefined) return { kind: 'instant', value: moment };
      if (typeof value === 'number') return { kind: 'number', value };
      if (value instanceof ExactNumber) return { kind: 'exact', value };
      if (typeof value !== 'string') return undefined;
      const instant = isTime ? parseInstant(value) : undefined;
      return instant === undefined ? { kind: 'text', value } : { kind: 'instant', value: instant };
    },
  };
}

/**
 * Negative, zero or positive. Texts of whole numbers, which many APIs use for ids, count as the numbers they say, also
 * beside numbers: as text "100" comes before "99". Other values of different kinds compare as text, see `haveOrder`.
 */
export function compareOrdinals(a: Ordinal, b: Ordinal): number {
  if (a.kind === 'number' && b.kind === 'number') return a.value - b.value;
  if (a.kind === 'instant' && b.kind === 'instant') return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  const [x, y] = [decimalOf(a), decimalOf(b)];
  if (x !== undefined && y !== undefined) return compareDecimals(x, y);
  const [left, right] = [String(a.value), String(b.value)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Whether it means anything that one of them is the greater; not so where the source, or the state, changed its type. */
export function haveOrder(a: Ordinal, b: Ordinal): boolean {
  return a.kind === b.kind || (decimalOf(a) !== undefined && decimalOf(b) !== undefined);
}

function decimalOf({ kind, value }: Ordinal): Decimal | undefined {
  if (kind === 'instant' || (kind === 'text' && !/^-?\d+$/.test(value))) return undefined;
  return parseDecimal(String(value));
}
