import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import type { ResolvedSetting } from './resolved-setting.ts';

/** The texts that sensitive settings hold, also inside lists and mappings, to be hidden wherever text leaves. */
export function secretValues(settings: readonly ResolvedSetting[]): readonly string[] {
  const texts = settings
    .filter((setting) => isSensitive(setting) && !setting.unread)
    .flatMap((setting) => leaves(setting.value));
  return [...new Set(texts)].filter((text) => text !== '');
}

/** Its definition says so, or its value is kept elsewhere and only referred to. */
export function isSensitive(setting: ResolvedSetting): boolean {
  return setting.definition.sensitive || setting.references !== undefined;
}

function leaves(value: JsonValue): readonly string[] {
  if (value === null || typeof value === 'boolean') return [];
  if (isJsonArray(value)) return value.flatMap(leaves);
  if (isJsonObject(value)) return Object.values(value).flatMap(leaves);
  return [String(value)];
}
