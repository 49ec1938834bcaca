import type { JsonObject } from '@meltano/foundation/json';

/** A member of a setting's definition that is a text, such as its name; empty when it has none. */
export function settingText(setting: JsonObject, member: 'name' | 'kind' | 'description'): string {
  const value = setting[member];
  return typeof value === 'string' ? value : '';
}
