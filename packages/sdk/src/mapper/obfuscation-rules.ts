import { isJsonObject, type JsonObject } from '@meltano/foundation/json';
import { matchesGlob } from '@meltano/singer/glob';
import { invalidObfuscation, type ObfuscationMethod, parseMethod } from './obfuscation-methods.ts';

/** What `obfuscate` says of the columns that fit a pattern, in the streams that fit one. */
export interface ObfuscationRule {
  readonly stream: string;
  /** A column within an object has its path, `address.street`. */
  readonly column: string;
  readonly method: ObfuscationMethod;
}

/** Reads `obfuscate`. Throws `mapper.invalid_obfuscation` that names the place. */
export function parseRules(written: JsonObject, key: string | undefined): readonly ObfuscationRule[] {
  return Object.entries(written).flatMap(([stream, columns]) => {
    if (!isJsonObject(columns)) throw invalidObfuscation(stream, 'must be an object of columns');
    return Object.entries(columns).map(([column, method]) => ({
      stream,
      column,
      method: parseMethod(method, `${stream}.${column}`, key),
    }));
  });
}

/** The rules of one stream in the order in which they count: names before patterns. */
export function rulesOf(stream: string, rules: readonly ObfuscationRule[]): readonly ObfuscationRule[] {
  const weight = (rule: ObfuscationRule) =>
    (isPattern(rule.column) ? 2 : 0) + (isPattern(rule.stream) ? 1 : 0);
  return rules.filter((rule) => matches(stream, rule.stream)).sort((a, b) => weight(a) - weight(b));
}

export function matches(name: string, pattern: string): boolean {
  return name === pattern || matchesGlob(name, pattern);
}

export function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/** What happens to the members of an object at one place of a record. */
export interface Place {
  readonly method: ObfuscationMethod | undefined;
  /** For a value that is no object, although a rule names a column within it. */
  readonly methodWithin: ObfuscationMethod | undefined;
  readonly below: Level;
}

export type Level = (key: string) => Place;

export function levelOf(rules: readonly ObfuscationRule[], path = ''): Level {
  const places = new Map<string, Place>();
  return (key) => {
    const known = places.get(key);
    if (known !== undefined) return known;
    const here = `${path}${key}`;
    const place = {
      method: rules.find(({ column }) => matches(here, column))?.method,
      methodWithin: rules.find(({ column }) => isWithin(column, here))?.method,
      below: levelOf(rules, `${here}.`),
    };
    // Keys that are data would fill the memory.
    if (places.size < 10_000) places.set(key, place);
    return place;
  };
}

/** Whether a rule's column lies below a place, as `addr*.street` does below `address`. */
function isWithin(column: string, place: string): boolean {
  const steps = column.split('.');
  const depth = place.split('.').length;
  return steps.length > depth && matches(place, steps.slice(0, depth).join('.'));
}
