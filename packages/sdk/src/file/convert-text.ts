import { isJsonObject, type JsonObject, type JsonValue, numberOf } from '@meltano/foundation/json';
import { rfc3339 } from '../schema/instant.ts';

/** Turns the text of a field into the JSON value that a property's schema asks for. */
export type ConvertText = (text: string) => JsonValue;

/**
 * Text that is not of the type stays text, so that the target says which record it cannot load. Empty text is
 * null where the type is not text. A `date-time` is written as RFC 3339 has it, in UTC where the text names no zone.
 */
export function textConverter(property: JsonValue | undefined): ConvertText | undefined {
  const types = typesOf(property);
  if (types.length === 0 || types.includes('string')) {
    const format = isJsonObject(property) ? property['format'] : undefined;
    if (format === 'date-time') return (text) => (text === '' ? null : timeOf(text));
    return typeof format === 'string' ? (text) => (text === '' ? null : text) : undefined;
  }
  return (text) => (text === '' ? null : (convert(text.trim(), types) ?? text));
}

function typesOf(property: JsonValue | undefined): readonly JsonValue[] {
  const type = isJsonObject(property) ? (property as JsonObject)['type'] : undefined;
  return Array.isArray(type) ? type : type === undefined ? [] : [type];
}

const asTargetsTakeIt = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function timeOf(text: string): string {
  return asTargetsTakeIt.test(text) ? text : (rfc3339(text.trim()) ?? text);
}

function convert(text: string, types: readonly JsonValue[]): JsonValue | undefined {
  if ((types.includes('integer') || types.includes('number')) && jsonNumber.test(text)) return numberOf(text);
  if (types.includes('boolean')) return truths.get(text.toLowerCase());
  if (types.includes('object') || types.includes('array')) return parsed(text);
  return undefined;
}

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['t', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['f', false],
  ['no', false],
  ['0', false],
]);

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
