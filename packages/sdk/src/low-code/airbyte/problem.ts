import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';

/** What a manifest of Airbyte has that cannot be taken. */
export interface ImportProblem {
  /** Where it stands, e.g. `streams[0].retriever.paginator`. */
  readonly path: string;
  readonly component: string;
  readonly reason: string;
  readonly advice: string;
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

/** Members that are neither taken nor known to mean nothing here are problems. */
export function onlyKnown(node: JsonObject, known: readonly string[], place: Place): void {
  const always = ['type', '$parameters', 'name', 'description'];
  for (const [name, value] of Object.entries(node)) {
    const isEmpty =
      value === null || value === false || (isJsonObject(value) && Object.keys(value).length === 0);
    if (known.includes(name) || always.includes(name) || isEmpty) continue;
    if (isJsonArray(value) && value.length === 0) continue;
    note(at(place, name), typeOf(node), `"${name}" is not supported`);
  }
}

export function typeOf(node: JsonValue | undefined): string {
  return isJsonObject(node) && typeof node['type'] === 'string' ? node['type'] : 'a value without a type';
}

export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
