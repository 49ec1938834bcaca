import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  stringifyJson,
} from '@meltano/foundation/json';
import { setMember } from '../schema/member.ts';

/** Half a character (a lone surrogate), which no encoding that databases use can hold; a zero character. */
export type TextAlteration = 'surrogate' | 'nul';

export interface TextLimits {
  /** False where no text may have a zero character. */
  readonly holdsNul: boolean;
  readonly onAltered: (how: TextAlteration) => void;
  /** Members of objects stand in the order of their names, so that equal values are equal texts. */
  readonly sortsMembers?: boolean;
}

/** The text with U+FFFD in the place of what a database cannot hold. */
export function storableText(text: string, limits: TextLimits): string {
  const isWhole = text.isWellFormed();
  if (isWhole && (limits.holdsNul || !text.includes('\0'))) return text;
  if (!isWhole) limits.onAltered('surrogate');
  const whole = text.toWellFormed();
  if (limits.holdsNul || !whole.includes('\0')) return whole;
  limits.onAltered('nul');
  return whole.replaceAll('\0', '\ufffd');
}

/** JSON's escapes of what may have to be replaced; an escaped backslash before the same letters is found, too. */
const suspicious = /\\u(?:0000|d[89a-f])/;

/** A value as JSON: databases read the escapes of half characters and zero characters as these, and refuse them. */
export function storableJson(value: JsonValue, limits: TextLimits): string {
  if (limits.sortsMembers === true) return stringifyJson(storable(value, limits));
  const text = stringifyJson(value);
  return suspicious.test(text) ? stringifyJson(storable(value, limits)) : text;
}

function storable(value: JsonValue, limits: TextLimits): JsonValue {
  if (typeof value === 'string') return storableText(value, limits);
  if (isJsonArray(value)) return value.map((each) => storable(each, limits));
  if (!isJsonObject(value)) return value;
  const kept: Record<string, JsonValue> = {};
  for (const [name, each] of membersOf(value, limits))
    setMember(kept, storableText(name, limits), storable(each, limits));
  return kept;
}

function membersOf(value: JsonObject, { sortsMembers }: TextLimits): readonly [string, JsonValue][] {
  const members = Object.entries(value);
  return sortsMembers === true ? members.toSorted(([a], [b]) => (a < b ? -1 : 1)) : members;
}
