import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { exec, query } from 'jsonpath-rfc9535';
import { plainNumbers } from '../schema/plain-numbers.ts';
import { httpError } from './errors.ts';

/** Finds values in a body. */
export type JsonPath = (value: JsonValue) => readonly JsonValue[];

const compiled = new Map<string, JsonPath>();

/** JSONPath (RFC 9535), with or without the `$` at its beginning. Throws `http.invalid_path` for what is not a path. */
export function jsonPath(path: string): JsonPath {
  const known = compiled.get(path);
  if (known !== undefined) return known;
  const made = compile(path.startsWith('$') ? path : path.startsWith('[') ? `$${path}` : `$.${path}`, path);
  compiled.set(path, made);
  return made;
}

/** The first value that a path finds, if there is one. */
export function firstOf(path: string, value: JsonValue | undefined): JsonValue | undefined {
  return value === undefined ? undefined : jsonPath(path)(value)[0];
}

/** Nearly all paths are names and `[*]`: those need no interpreter. */
const simple = /^\$(?:\.[A-Za-z_][\w-]*|\[\*\]|\[\d+\])*$/;

function compile(path: string, written: string): JsonPath {
  if (simple.test(path)) return compileSimple(path.match(/\.[\w-]+|\[[^\]]+\]/g) ?? []);
  try {
    query({}, path);
  } catch (cause) {
    throw invalidPath(written, cause);
  }
  return (value) => {
    const plain = plainNumbers(value);
    if (plain === value) return query(value as Known, path) as readonly JsonValue[];
    // The interpreter compares doubles; what is found keeps its digits.
    const found: JsonValue[] = [];
    exec(
      plain as Known,
      path,
      (_, at) => void found.push(valueAt(value, at as readonly (string | number)[])),
    );
    return found;
  };
}

type Known = Parameters<typeof query>[0];

function valueAt(value: JsonValue, path: readonly (string | number)[]): JsonValue {
  let at = value;
  for (const step of path) {
    const key = typeof step === 'number' ? step : unescaped(step);
    at = (at as unknown as Readonly<Record<string | number, JsonValue>>)[key] ?? null;
  }
  return at;
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** A name as it stands in a normalized path (RFC 9535 §2.7). */
function unescaped(name: string): string {
  return name.replaceAll(/\\(?:u([0-9a-f]{4})|(.))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? (escapes[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function invalidPath(path: string, cause: unknown) {
  return httpError('invalid_path', {
    message: `${JSON.stringify(path)} is not a JSONPath (RFC 9535)`,
    hint: `a name that has other characters than letters, digits, - and _ stands in brackets: $['@odata.nextLink']`,
    details: { path },
    cause,
  });
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
