import { ExactNumber, isJsonArray, type JsonValue } from '@meltano/foundation/json';
import { setMember } from './member.ts';

/** A value as a validator knows values: numbers that a double cannot hold become the nearest double. */
export function plainNumbers(value: JsonValue): JsonValue {
  if (value instanceof ExactNumber) return Number(value.text);
  if (value === null || typeof value !== 'object') return value;
  if (isJsonArray(value)) {
    const items = value.map(plainNumbers);
    return items.some((each, at) => each !== value[at]) ? items : value;
  }
  let changed: Record<string, JsonValue> | undefined;
  for (const name in value) {
    const member = value[name];
    // Only objects can hold, or be, such a number.
    if (typeof member !== 'object' || member === null) continue;
    const plain = plainNumbers(member);
    if (plain === member) continue;
    changed ??= { ...value };
    setMember(changed, name, plain);
  }
  return changed ?? value;
}
