import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  jsonEquals,
} from '@meltano/foundation/json';

/**
 * The properties of several files as those of one stream: each with all the types that it has anywhere, and nullable
 * where a file does not have it. One that was null throughout is text: of text nothing is lost.
 */
export function uniteProperties(files: readonly JsonObject[]): JsonObject {
  const united = new Map<string, JsonObject>();
  const counts = new Map<string, number>();
  for (const properties of files) {
    for (const [name, given] of Object.entries(properties)) {
      const property = isJsonObject(given) ? given : {};
      const known = united.get(name);
      united.set(name, known === undefined ? property : uniteTwo(known, property));
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  const finish = ([name, property]: [string, JsonObject]) =>
    [name, finished(counts.get(name) === files.length ? property : nullable(property))] as const;
  return Object.fromEntries([...united].map(finish));
}

function finished(property: JsonObject): JsonObject {
  return jsonEquals(property['type'] ?? null, ['null']) ? { type: ['string', 'null'] } : property;
}

function nullable(property: JsonObject): JsonObject {
  return property['type'] === undefined ? property : withTypes(property, [...typesOf(property), 'null']);
}

function uniteTwo(a: JsonObject, b: JsonObject): JsonObject {
  if (jsonEquals(a, b)) return a;
  if (a['type'] === undefined || b['type'] === undefined) return {};
  const types = [...typesOf(a), ...typesOf(b)];
  if (isNull(a)) return withTypes(b, [...typesOf(b), 'null']);
  if (isNull(b)) return withTypes(a, types);
  return withTypes({ ...sharedKeywords(a, b), ...commonStep(a, b) }, types);
}

function isNull(property: JsonObject): boolean {
  return typesOf(property).every((type) => type === 'null');
}

function typesOf(property: JsonObject): readonly JsonValue[] {
  const type = property['type'];
  return isJsonArray(type) ? type : type === undefined ? [] : [type];
}

/** Each type once, null last; a whole number is a number, too. */
function withTypes(property: JsonObject, types: readonly JsonValue[]): JsonObject {
  const plain = new Set(types);
  const isNullable = plain.delete('null');
  if (plain.has('number')) plain.delete('integer');
  return { ...property, type: [...plain, ...(isNullable ? ['null'] : [])] };
}

/** What only one of both says, or each otherwise, is not true of all values. */
function sharedKeywords(a: JsonObject, b: JsonObject): JsonObject {
  const shared = ([name, value]: [string, JsonValue]) => {
    const other = b[name];
    return other !== undefined && jsonEquals(value, other);
  };
  return Object.fromEntries(Object.entries(a).filter(shared));
}

/** Decimals of several scales have the finest; whole numbers fit into any, and stay whole among themselves. */
function commonStep(a: JsonObject, b: JsonObject): JsonObject {
  const properties = [a, b];
  const isWhole = (property: JsonObject) => typesOf(property).includes('integer');
  if (properties.every(isWhole)) return {};
  const steps = properties.map((each) => (isWhole(each) ? 1 : each['multipleOf']));
  const known = steps.filter((step) => typeof step === 'number');
  return known.length === 2 ? { multipleOf: Math.min(...known) } : {};
}
