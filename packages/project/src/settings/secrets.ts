import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { isOnlyReferences } from './expand.ts';
import type { ResolvedSetting } from './resolved-setting.ts';
import { describeReferences, referencesIn } from './secret-reference.ts';
import type { SettingDefinition } from './setting-definition.ts';

/** The texts that sensitive settings hold, also inside lists and mappings, to be hidden wherever text leaves. */
export function secretValues(settings: readonly ResolvedSetting[]): readonly string[] {
  const texts = settings.filter((setting) => !setting.unread).flatMap(secretTexts);
  return [...new Set(texts)].filter((text) => text !== '');
}

/** Its definition says so, or its value is kept elsewhere and only referred to. */
export function isSensitive(setting: ResolvedSetting): boolean {
  return setting.definition.sensitive || setting.references !== undefined;
}

/**
 * Whether a text that is set would be a secret in the clear, although nothing declares it: the last word of the
 * name says so, the definition, if there is one, says nothing of it, and the text is more than a reference.
 */
export function looksLikeSecret(
  name: string,
  value: JsonValue,
  definition: SettingDefinition | undefined,
): boolean {
  if (definition?.sensitive === true || typeof definition?.written['sensitive'] === 'boolean') return false;
  if (typeof value !== 'string' || value === '' || isOnlyReferences(value)) return false;
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return secretWords.test(words) && referencesIn(value).length === 0;
}

const secretWords =
  /(?:^|[^a-z])(?:pass(?:word|wd|phrase)|secret|token|credentials?|(?:api|access|account|encryption|private|secret)[^a-z]?key)$/;

/**
 * A value of the setting, resolved or from a weaker layer, as it may be shown: `mask` for a sensitive one, or
 * for its sensitive members. Values that say nothing (null, empty) stay; a reference that was not followed is
 * no secret and is described.
 */
export function hideSecrets(setting: ResolvedSetting, value: JsonValue, mask: string): JsonValue {
  const { definition, secretMembers = [] } = setting;
  const unread = setting.unread === true && value === setting.value;
  const hide = (part: JsonValue) => (unread ? describeOrMask(part, mask) : mask);
  if (isEmpty(value)) return value;
  if (definition.sensitive) return hide(value);
  const shown = unread ? describeReferences(value) : value;
  if (secretMembers.length === 0) return shown;
  if (isJsonObject(value)) {
    const hidden = mapMembers(value, new Set(secretMembers), hide);
    return unread ? describeReferences(hidden) : hidden;
  }
  // The text of an object, as a variable has it, may hold the members.
  return typeof value === 'string' && value.includes('{') ? mask : shown;
}

function describeOrMask(value: JsonValue, mask: string): JsonValue {
  if (isJsonArray(value)) return value.map((item) => describeOrMask(item, mask));
  if (isJsonObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, describeOrMask(member, mask)]),
    );
  return isEmpty(value) || referencesIn(value).length === 0 ? mask : describeReferences(value);
}

function isEmpty(value: JsonValue): boolean {
  return (
    value === null ||
    value === '' ||
    (isJsonArray(value) && value.length === 0) ||
    (isJsonObject(value) && Object.keys(value).length === 0)
  );
}

function secretTexts(setting: ResolvedSetting): readonly string[] {
  if (isSensitive(setting)) return leaves(setting.value);
  if (setting.secretMembers === undefined || !isJsonObject(setting.value)) return [];
  const found: string[] = [];
  mapMembers(setting.value, new Set(setting.secretMembers), (member) => {
    found.push(...leaves(member));
    return null;
  });
  return found;
}

/** Replaces the members with one of `names`, which are dotted or nested. Empty ones stay. */
function mapMembers(
  value: JsonObject,
  names: ReadonlySet<string>,
  replace: (member: JsonValue) => JsonValue,
  prefix = '',
): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name = `${prefix}${key}`;
      if (names.has(name)) return [key, isEmpty(member) ? member : replace(member)];
      return [key, isJsonObject(member) ? mapMembers(member, names, replace, `${name}.`) : member];
    }),
  );
}

function leaves(value: JsonValue): readonly string[] {
  if (value === null || typeof value === 'boolean') return [];
  if (isJsonArray(value)) return value.flatMap(leaves);
  if (isJsonObject(value)) return Object.values(value).flatMap(leaves);
  return [String(value)];
}
