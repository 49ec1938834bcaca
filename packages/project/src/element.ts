import type { ErrorPlace } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { pythonText } from '@meltano/foundation/python-text';
import { projectError } from './errors.ts';

/** A list item of a project file (a plugin, a job, …) and where it stands. */
export interface Element {
  readonly value: JsonObject;
  readonly name: string;
  readonly place: ErrorPlace;
  /** Where a part of it stands. */
  readonly locate?: (path: readonly string[]) => ErrorPlace;
}

/** Checks that an item is a mapping with a name; `what` is its kind, for messages. */
export function parseElement(what: string, value: JsonValue, place: ErrorPlace): Element {
  if (!isJsonObject(value)) {
    throw invalidElement(`${capitalise(what)} in ${place.file} line ${place.line} is not a mapping`, place);
  }
  const name = value['name'];
  if (name === undefined || name === null || name === '') {
    throw invalidElement(`${capitalise(what)} in ${place.file} line ${place.line} has no name`, place);
  }
  return { value, name: pythonText(name), place };
}

export function invalidElement(message: string, place: ErrorPlace, hint?: string) {
  return projectError('invalid_element', {
    message,
    hint: hint ?? `Correct ${place.file}, line ${place.line}`,
    place,
  });
}

/** Text of a scalar as it was written, or undefined when the key is absent, null or empty. */
export function optionalText(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return pythonText(value);
}

export function objectOrEmpty(element: Element, key: string, what: string): JsonObject {
  const value = element.value[key];
  if (value === undefined || value === null) return {};
  if (isJsonObject(value)) return value;
  throw invalidElement(`${capitalise(what)} '${element.name}': \`${key}\` is not a mapping`, element.place);
}

/** Values of an `env:` mapping as text, the way Meltano spells them (`5`, `True`); null stays null. */
export function envTexts(env: JsonObject): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value === null ? null : pythonText(value)]),
  );
}

export function without(value: JsonObject, keys: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)));
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
