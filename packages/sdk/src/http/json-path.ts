import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { query } from 'jsonpath-rfc9535';

/** Finds values in a body. */
export type JsonPath = (value: JsonValue) => readonly JsonValue[];

const compiled = new Map<string, JsonPath>();

/** JSONPath (RFC 9535), with or without the `$` at its beginning. Throws a `SyntaxError` for what is not a path. */
export function jsonPath(path: string): JsonPath {
  const known = compiled.get(path);
  if (known !== undefined) return known;
  const made = compile(path.startsWith('$') ? path : path.startsWith('[') ? `$${path}` : `$.${path}`);
  compiled.set(path, made);
  return made;
}

/** The first value that a path finds, if there is one. */
export function firstOf(path: string, value: JsonValue | undefined): JsonValue | undefined {
  return value === undefined ? undefined : jsonPath(path)(value)[0];
}

/** Nearly all paths are names and `[*]`: those need no interpreter. */
const simple = /^\$(?:\.[A-Za-z_][\w-]*|\[\*\]|\[\d+\])*$/;

function compile(path: string): JsonPath {
  if (simple.test(path)) return compileSimple(path.match(/\.[\w-]+|\[[^\]]+\]/g) ?? []);
  query({}, path);
  return (value) => query(value as Parameters<typeof query>[0], path) as readonly JsonValue[];
}

function compileSimple(steps: readonly string[]): JsonPath {
  return (value) => {
    let found: readonly JsonValue[] = [value];
    for (const step of steps) found = found.flatMap((each) => stepInto(each, step));
    return found;
  };
}

function stepInto(value: JsonValue, step: string): readonly JsonValue[] {
  if (step === '[*]') {
    if (isJsonArray(value)) return value;
    return isJsonObject(value) ? Object.values(value) : [];
  }
  if (step.startsWith('.')) {
    const name = step.slice(1);
    return isJsonObject(value) && Object.hasOwn(value, name) ? [value[name] ?? null] : [];
  }
  const item = isJsonArray(value) ? value[Number(step.slice(1, -1))] : undefined;
  return item === undefined ? [] : [item];
}
