import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import type { ResolvedSetting } from './resolved-setting.ts';

/** The texts that sensitive settings hold, also inside lists and mappings, to be hidden wherever text leaves. */
export function secretValues(settings: readonly ResolvedSetting[]): readonly string[] {
  const texts = settings
    .filter((setting) => isSensitive(setting))
    .flatMap((setting) => leaves(setting.value));
  return [...new Set(texts)].filter((text) => text !== '');
}

export function isSensitive(setting: ResolvedSetting): boolean {
  return setting.definition.sensitive;
}

function leaves(value: JsonValue): readonly string[] {
  if (value === null || typeof value === 'boolean') return [];
  if (isJsonArray(value)) return value.flatMap(leaves);
  if (isJsonObject(value)) return Object.values(value).flatMap(leaves);
  return [String(value)];
}
