import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/** What a manifest of Airbyte has that cannot be taken. */
export interface ImportProblem {
  /** Where it stands, e.g. `streams[0].retriever.paginator`. */
  readonly path: string;
  /** Where that is written, when the way goes through references. */
  readonly source?: readonly (string | number)[];
  readonly component: string;
  readonly reason: string;
  readonly advice: string;
  /** The stream is taken all the same, and reads all that there is. */
  readonly isTaken?: boolean;
}

/** A node of the document with its place; what is wrong with it is noted in one list. */
export interface Place {
  readonly path: string;
  readonly problems: ImportProblem[];
}

export function at(place: Place, ...names: readonly (string | number)[]): Place {
  const path = names.map((name) => (typeof name === 'number' ? `[${name}]` : `.${name}`)).join('');
  return { ...place, path: `${place.path}${path}`.replace(/^\./, '') };
}

export function note(
  place: Place,
  component: string,
  reason: string,
  advice = 'write the stream in the own format, or as a tap in code',
): void {
  place.problems.push({ path: place.path, component, reason, advice });
}

/**
 * Members that mean something to Airbyte and are not taken are problems; whatever else stands there means nothing to
 * Airbyte either.
 */
export function refuse(node: JsonObject, names: readonly string[], place: Place): void {
  for (const name of names) {
    if (!isEmpty(node[name])) note(at(place, name), typeOf(node), `"${name}" is not supported`);
  }
}

function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (isJsonArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

export function typeOf(node: JsonValue | undefined): string {
  return isJsonObject(node) && typeof node['type'] === 'string' ? node['type'] : 'a value without a type';
}

export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  return isJsonArray(value) ? value : [value];
}

/** The part of an object with one member, or nothing. */
export function member(name: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}
