import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { nearNames } from '@meltano/foundation/near-names';

export interface ValueProblem {
  readonly path: readonly (string | number)[];
  /** What is wrong, and what is allowed. */
  readonly problem: string;
}

type Path = ValueProblem['path'];

/**
 * What does not fit a JSON Schema, in words for the one who wrote the value. For schemas with `type`, `properties`,
 * `required`, `additionalProperties`, `items`, `enum`, `const`, `pattern`, `minimum`, `anyOf` told apart by types,
 * and `oneOf` told apart by a member `type`.
 */
export function checkValue(schema: JsonObject, value: JsonValue, path: Path = []): readonly ValueProblem[] {
  const { oneOf, anyOf } = schema;
  if (oneOf !== undefined) return checkKind(oneOf as readonly JsonObject[], value, path);
  if (anyOf !== undefined) return checkAny(anyOf as readonly JsonObject[], value, path);
  const type = schema['type'];
  if (typeof type === 'string' && !isOf(type, value)) return [{ path, problem: `must be ${named(type)}` }];
  return [
    ...checkScalar(schema, value, path),
    ...(isJsonObject(value) ? checkObject(schema, value, path) : []),
    ...(isJsonArray(value) && isJsonObject(schema['items'])
      ? value.flatMap((item, at) => checkValue(schema['items'] as JsonObject, item, [...path, at]))
      : []),
  ];
}

function checkKind(kinds: readonly JsonObject[], value: JsonValue, path: Path): readonly ValueProblem[] {
  if (!isJsonObject(value)) return [{ path, problem: 'must be an object with a type' }];
  const known = kinds.map((kind) => [nameOf(kind), kind] as const);
  const found = known.find(([name]) => name === value['type'])?.[1];
  if (found !== undefined) return checkValue(found, value, path);
  const names = known.map(([name]) => name);
  return [{ path: [...path, 'type'], problem: notAllowed(value['type'], names) }];
}

function nameOf(kind: JsonObject): string {
  const properties = kind['properties'] as JsonObject;
  return String((properties['type'] as JsonObject)['const']);
}

function checkAny(options: readonly JsonObject[], value: JsonValue, path: Path): readonly ValueProblem[] {
  const fitting = options.filter((each) => isOf(String(each['type']), value));
  if (fitting.length === 0) {
    return [{ path, problem: `must be ${options.map((each) => named(String(each['type']))).join(' or ')}` }];
  }
  const results = fitting.map((each) => checkValue(each, value, path));
  return results.find((problems) => problems.length === 0) ?? results[0] ?? [];
}

function checkScalar(schema: JsonObject, value: JsonValue, path: Path): readonly ValueProblem[] {
  const { enum: allowed, pattern, minimum } = schema;
  if (Array.isArray(allowed) && !allowed.includes(value as string))
    return [{ path, problem: notAllowed(value, allowed as readonly string[]) }];
  if (typeof pattern === 'string' && typeof value === 'string' && !new RegExp(pattern).test(value))
    return [{ path, problem: `must look like ${pattern}` }];
  if (typeof minimum === 'number' && typeof value === 'number' && value < minimum)
    return [{ path, problem: `must be ${minimum} or more` }];
  return [];
}

function checkObject(schema: JsonObject, value: JsonObject, path: Path): readonly ValueProblem[] {
  const properties = (schema['properties'] ?? {}) as JsonObject;
  const rest = schema['additionalProperties'];
  const missing = ((schema['required'] ?? []) as readonly string[]).filter(
    (name) => !Object.hasOwn(value, name),
  );
  const members = Object.entries(value).flatMap(([name, member]) => {
    const own = Object.hasOwn(properties, name) ? properties[name] : rest;
    if (isJsonObject(own)) return checkValue(own, member, [...path, name]);
    if (rest !== false) return [];
    return [
      { path: [...path, name], problem: `is not known here: ${oneOfThese(name, Object.keys(properties))}` },
    ];
  });
  return [...missing.map((name) => ({ path, problem: `needs "${name}"` })), ...members];
}

function oneOfThese(given: string, allowed: readonly string[]): string {
  const [near] = nearNames(given, allowed, 1);
  const list = `must be one of ${allowed.join(', ')}`;
  return near === undefined ? list : `did you mean "${near}"? It ${list}`;
}

/** A value that is none of those that are allowed. */
function notAllowed(given: JsonValue | undefined, allowed: readonly string[]): string {
  const choice = oneOfThese(String(given ?? ''), allowed);
  return given === undefined ? `is missing: it ${choice}` : `is ${JSON.stringify(given)}: ${choice}`;
}

function isOf(type: string, value: JsonValue): boolean {
  switch (type) {
    case 'object':
      return isJsonObject(value);
    case 'array':
      return isJsonArray(value);
    case 'integer':
      return Number.isSafeInteger(value);
    default:
      return typeof value === type;
  }
}

const words: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'a text',
};

function named(type: string): string {
  return words[type] ?? type;
}
