import { ExactNumber, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { compareDecimals, parseDecimal } from '../schema/decimal.ts';
import { parseInstant } from '../schema/instant.ts';

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

export function replicationOrder(schema: JsonObject, property: string): ReplicationOrder {
  const isTime = isTimeProperty(schema, property);
  return {
    parse(value) {
      if (typeof value === 'number') return { kind: 'number', value };
      if (value instanceof ExactNumber) return { kind: 'exact', value };
      if (typeof value !== 'string') return undefined;
      const instant = isTime ? parseInstant(value) : undefined;
      return instant === undefined ? { kind: 'text', value } : { kind: 'instant', value: instant };
    },
  };
}

/** Negative, zero or positive. Values of different kinds compare as text: the source changed its type. */
export function compareOrdinals(a: Ordinal, b: Ordinal): number {
  if (a.kind === 'number' && b.kind === 'number') return a.value - b.value;
  if (a.kind === 'instant' && b.kind === 'instant') return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  const [left, right] = [String(a.value), String(b.value)];
  if (isNumeric(a) && isNumeric(b)) {
    const [x, y] = [parseDecimal(left), parseDecimal(right)];
    if (x !== undefined && y !== undefined) return compareDecimals(x, y);
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

function isNumeric(ordinal: Ordinal): boolean {
  return ordinal.kind === 'number' || ordinal.kind === 'exact';
}
