import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { compileExpression, type Expression, type Functions } from '../expression/expression.ts';
import { isTrue } from '../expression/value/compare.ts';
import type { Value } from '../expression/value/value.ts';
import { readMember, setMember } from '../schema/member.ts';
import { isPath, mayChangeRecord } from './inspect-expression.ts';
import type { MapFailures } from './map-failures.ts';
import { type MapNames, nameReader } from './map-names.ts';
import type { StreamMap } from './parse-maps.ts';
import { copyJson, toJson } from './to-json.ts';

/** Makes another record of a record, or none. Throws an `AppError` that names expression and stream. */
export type MapRecord = (record: JsonObject) => JsonObject | undefined;

export interface RecordMapOptions {
  readonly map: StreamMap;
  readonly stream: string;
  readonly alias: string;
  readonly keyProperties: readonly string[];
  readonly config: JsonObject;
  readonly functions: Functions;
  readonly fake: Value | undefined;
  readonly failures: MapFailures;
}

type Growing = Record<string, JsonValue>;

/** Compiles the expressions of a map. All of them see the record as it came. */
export function compileRecordMap(options: RecordMapOptions): MapRecord {
  const { map } = options;
  const filter = map.filter === undefined ? undefined : compile(map.filter, undefined, options);
  const properties = map.properties.flatMap(([name, text]) =>
    text === undefined ? [] : [{ name, expression: compile(text, name, options) }],
  );
  const changes = [filter, ...properties.map(({ expression }) => expression)].some(
    (each) => each !== undefined && mayChangeRecord(each.node),
  );
  const start = startOf(options);
  const compute = compileProperties(properties, options);
  const { failures } = options;
  const mapOne: MapRecord = (given) => {
    const record = changes ? copyJson(given) : given;
    const names = { record };
    if (filter !== undefined && !isTrue(filter.evaluate(names))) return undefined;
    const result = { ...start(record), ...compute(names) };
    return isEmpty(result) ? undefined : result;
  };
  return failures.policy === 'fail' ? mapOne : refusing(mapOne, failures);
}

function refusing(map: MapRecord, failures: MapFailures): MapRecord {
  return (record) => {
    try {
      return map(record);
    } catch (error) {
      failures.refuse(error);
      return undefined;
    }
  };
}

function compile(
  text: string,
  property: string | undefined,
  options: RecordMapOptions,
): Expression<MapNames> {
  const { stream, alias, config, functions, fake } = options;
  return compileExpression<MapNames>(text, {
    functions,
    label: `stream_maps.${stream}.${property ?? '__filter__'}`,
    name: nameReader({ config, alias, stream, property, fake }),
  });
}

interface Property {
  readonly name: string;
  readonly expression: Expression<MapNames>;
}

/**
 * The computed properties of a record. They are set on a copy of an object that has them all: adding members one by
 * one is many times slower.
 */
function compileProperties(
  properties: readonly Property[],
  { functions, failures, keyProperties }: RecordMapOptions,
): (names: MapNames) => JsonObject {
  const template: Growing = {};
  for (const { name } of properties) setMember<JsonValue>(template, name, null);
  const steps = properties.map(({ name, expression }) => {
    const convert = isPath(expression.node, functions) ? (value: Value) => value as JsonValue : toJson;
    const step = (result: Growing, names: MapNames) => {
      result[name] = convert(expression.evaluate(names));
    };
    // A record without a key is worse than none.
    return failures.policy === 'discard_value' && !keyProperties.includes(name)
      ? orNull(step, failures)
      : step;
  });
  return (names) => {
    const result = { ...template };
    for (const step of steps) step(result, names);
    return result;
  };
}

type Step = (result: Growing, names: MapNames) => void;

/** The property is null already where the step fails. */
function orNull(step: Step, failures: MapFailures): Step {
  return (result, names) => {
    try {
      step(result, names);
    } catch (error) {
      failures.replace(error);
    }
  };
}

/** All properties but the removed ones, or none but the keys. */
function startOf({ map, keyProperties }: RecordMapOptions): (record: JsonObject) => JsonObject {
  const removed = map.properties.filter(([, text]) => text === undefined).map(([name]) => name);
  return map.onlyNamed ? only(keyProperties) : without(removed);
}

function only(wanted: readonly string[]): (record: JsonObject) => JsonObject {
  const members = wanted.map((name) => ({ name, read: readMember<JsonValue>(name) }));
  return (record) => {
    const result: Growing = {};
    for (const { name, read } of members) {
      const value = read(record);
      if (value !== undefined) setMember(result, name, value);
    }
    return result;
  };
}

/** Leaving members out of a copy is faster than deleting them from it, as long as they are few. */
function without(removed: readonly string[]): (record: JsonObject) => JsonObject {
  const [first, ...others] = removed;
  if (first === undefined) return (record) => record;
  if (removed.length > 3) return withoutMany(new Set(removed));
  const next = without(others);
  return (record) => {
    const { [first]: _, ...rest } = record;
    return next(rest);
  };
}

function withoutMany(removed: ReadonlySet<string>): (record: JsonObject) => JsonObject {
  return (record) => Object.fromEntries(Object.entries(record).filter(([name]) => !removed.has(name)));
}

function isEmpty(record: JsonObject): boolean {
  for (const _name in record) return false;
  return true;
}
