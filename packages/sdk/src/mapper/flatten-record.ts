import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '@meltano/foundation/json';
import { textOf } from '../expression/value/text.ts';
import type { Value } from '../expression/value/value.ts';
import { setMember } from '../schema/member.ts';
import { type FlatteningOptions, flattenKey } from './flatten-key.ts';

/** What is known of a property at one place of a record, worked out once. */
interface Place {
  readonly name: string;
  /** The properties below it, when an object here is flattened. */
  readonly below: Level | undefined;
}

type Level = (key: string) => Place;

/** Makes records flat, also what the schema does not know. What has a property of its own in the schema stays whole. */
export function createRecordFlattening(
  flatSchema: JsonObject,
  options: FlatteningOptions,
): (record: JsonObject) => JsonObject {
  const properties = isJsonObject(flatSchema['properties']) ? flatSchema['properties'] : {};
  const levelAt = (path: readonly string[]): Level => {
    const places = new Map<string, Place>();
    return (key) => {
      const known = places.get(key);
      if (known !== undefined) return known;
      const here = [...path, key];
      const name = flattenKey(here, options);
      const goesOn = path.length < options.maxDepth && !Object.hasOwn(properties, name);
      const place = { name, below: goesOn ? levelAt(here) : undefined };
      // Keys that are data would fill the memory.
      if (places.size < 10_000) places.set(key, place);
      return place;
    };
  };
  const top = levelAt([]);
  return (record) => {
    if (isFlat(record, top)) return record;
    const flat: Record<string, JsonValue> = {};
    flattenInto(flat, record, top);
    return flat;
  };
}

/** Most records of most streams are flat and pass as they are. */
function isFlat(record: JsonObject, level: Level): boolean {
  for (const key in record) {
    const value = record[key];
    if (typeof value === 'object' && value !== null && !(value instanceof ExactNumber)) return false;
    if (level(key).name !== key) return false;
  }
  return true;
}

function flattenInto(flat: Record<string, JsonValue>, object: JsonObject, level: Level): void {
  for (const key in object) {
    const value = object[key];
    if (value === undefined) continue;
    const { name, below } = level(key);
    if (value === null || typeof value !== 'object' || value instanceof ExactNumber)
      setMember(flat, name, value);
    else if (below !== undefined && isJsonObject(value)) flattenInto(flat, value, below);
    else setMember(flat, name, jsonText(value));
  }
}

/** Compact JSON in ASCII, as the Meltano SDK writes it. */
function jsonText(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(([key, item]) => `${quoted(key)}:${jsonText(item)}`);
    return `{${members.join(',')}}`;
  }
  if (typeof value === 'string') return quoted(value);
  return value === null || typeof value === 'boolean' ? String(value) : textOf(value as Value);
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
