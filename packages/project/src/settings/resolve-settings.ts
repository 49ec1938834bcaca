import type { JsonValue } from '@meltano/foundation/json';
import { castValue, stringifySetting } from './cast-value.ts';
import { type EnvPrefixes, exportVariables } from './env-names.ts';
import { expandValue } from './expand.ts';
import { lookUp, type SettingLayer } from './layer.ts';
import { processValue } from './process-value.ts';
import {
  isExpandable,
  mayRefer,
  type ResolvedSetting,
  type SettingOrigin,
  settingStores,
} from './resolved-setting.ts';
import { type ReferenceValues, referencesIn, replaceReferences } from './secret-reference.ts';
import type { SettingDefinition } from './setting-definition.ts';

export interface SettingsInput {
  /** Settings and extras (names beginning with `_`), in the order of the answer. */
  readonly definitions: readonly SettingDefinition[];
  /** Strongest first; the defaults of the definitions come after them. */
  readonly layers: readonly SettingLayer[];
  readonly prefixes: EnvPrefixes;
  /** What references in project files and defaults expand to; extras also see the settings as exported. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Fail on a reference to a variable that is not set, instead of taking it for empty. */
  readonly strict?: boolean;
  /** False leaves references as they are: a child plugin expands what it inherits in its own context. */
  readonly expand?: boolean;
  /** What references to secrets are replaced by; without it values that have any stay as they are written. */
  readonly references?: ReferenceValues;
  /** Milliseconds since the epoch, for dates such as `3 days ago`. */
  readonly now: number;
}

/**
 * Folds the layers: for each setting the first value, expanded, cast to its kind and processed, with the
 * place it came from and the weaker places it hides (meltano-project §3.9).
 */
export function resolveSettings(input: SettingsInput): readonly ResolvedSetting[] {
  const plain = resolveGroup(input, (definition) => !isExtra(definition));
  const known = { ...input.variables, ...exportSettings(plain, input.prefixes) };
  const extras = resolveGroup({ ...input, variables: known }, isExtra);
  const byName = new Map([...plain, ...extras].map((setting) => [setting.definition.name, setting]));
  return input.definitions.flatMap((definition) => byName.get(definition.name) ?? []);
}

export function isExtra(definition: SettingDefinition): boolean {
  return definition.name.startsWith('_');
}

/** Settings as variables for a plugin's process: non-null values under every export name. */
export function exportSettings(
  settings: readonly ResolvedSetting[],
  prefixes: EnvPrefixes,
): Readonly<Record<string, string>> {
  const variables = new Map<string, string>();
  for (const { definition, value } of settings) {
    if (value === null) continue;
    const text = stringifySetting(definition, value);
    for (const name of exportVariables(definition, prefixes)) variables.set(name, text);
  }
  return Object.fromEntries(variables);
}

function resolveGroup(
  input: SettingsInput,
  belongs: (definition: SettingDefinition) => boolean,
): readonly ResolvedSetting[] {
  const resolved = new Map<string, ResolvedSetting>();
  const resolve = (definition: SettingDefinition): ResolvedSetting => {
    const known = resolved.get(definition.name);
    if (known !== undefined) return known;
    const setting = resolveOne(input, definition, resolve);
    resolved.set(definition.name, setting);
    return setting;
  };
  return input.definitions.filter(belongs).map(resolve);
}

function resolveOne(
  input: SettingsInput,
  definition: SettingDefinition,
  resolve: (definition: SettingDefinition) => ResolvedSetting,
): ResolvedSetting {
  const origins = findOrigins(input, definition);
  const [origin, ...hides] = origins;
  const secretMembers = secretMembersOf(input, definition);
  const known = { definition, ...(secretMembers.length > 0 && { secretMembers }) };
  const composed = compose(input, definition, origin, resolve);
  if (composed !== undefined) return { ...known, hides: origins, composed: true, ...composed };
  if (origin === undefined) return { ...known, value: null, origin: undefined, hides };
  const composedAbove = origin.parent?.composed === true && { composed: true };
  return { ...known, origin, hides, ...composedAbove, ...finish(input, definition, origin) };
}

function secretMembersOf(input: SettingsInput, { name, aliases }: SettingDefinition): readonly string[] {
  return [name, ...aliases].flatMap((above) =>
    input.definitions
      .filter((each) => each.sensitive && each.name.startsWith(`${above}.`))
      .map((each) => each.name.slice(above.length + 1)),
  );
}

function findOrigins(input: SettingsInput, definition: SettingDefinition): readonly SettingOrigin[] {
  const found = input.layers.flatMap((layer) => lookUp(layer, definition, input.prefixes) ?? []);
  if (definition.value === undefined || definition.value === null) return found;
  return [...found, { store: 'default', name: undefined, place: undefined, raw: definition.value }];
}

type Finished = Pick<ResolvedSetting, 'value' | 'references' | 'unread'>;

function finish(input: SettingsInput, definition: SettingDefinition, origin: SettingOrigin): Finished {
  if (input.expand === false && isExpandable(origin)) return { value: origin.raw };
  const value = isExpandable(origin) ? expand(input, origin.raw) : origin.raw;
  const references = mayRefer(origin) ? referencesIn(value) : [];
  if (references.length > 0 && input.references === undefined) return { value, references, unread: true };
  const replaced =
    mayRefer(origin) && input.expand !== false
      ? replaceReferences(value, input.references ?? new Map())
      : value;
  return {
    value: process(input, definition, replaced, origin),
    ...(references.length > 0 && { references }),
  };
}

/** Text that consists of unset variables only sets nothing, and does not fall through to a weaker layer. */
function expand(input: SettingsInput, raw: JsonValue): JsonValue {
  const expanded = expandValue(raw, {
    variables: input.variables,
    missing: input.strict === true ? 'error' : 'empty',
  });
  return expanded === '' && raw !== '' ? null : expanded;
}

function process(
  input: SettingsInput,
  definition: SettingDefinition,
  value: JsonValue,
  origin: SettingOrigin,
): JsonValue {
  return processValue(definition, castValue(definition, value, origin), input.now);
}

/**
 * An object setting that no layer gives as a whole is made of the settings nested inside it, keyed by the rest
 * of their names; they replace its default.
 */
function compose(
  input: SettingsInput,
  definition: SettingDefinition,
  origin: SettingOrigin | undefined,
  resolve: (definition: SettingDefinition) => ResolvedSetting,
): Omit<ResolvedSetting, 'definition' | 'hides' | 'composed'> | undefined {
  const whole = origin !== undefined && origin.store !== 'default' && origin.store !== 'inherited';
  if (definition.kind !== 'object' || whole) return undefined;
  const members = new Map<string, ResolvedSetting>();
  for (const name of [definition.name, ...definition.aliases]) {
    for (const nested of input.definitions.filter((each) => each.name.startsWith(`${name}.`))) {
      const key = nested.name.slice(name.length + 1);
      if (!members.has(key)) members.set(key, resolve(nested));
    }
  }
  if (members.size === 0) return undefined;
  const value = Object.fromEntries([...members].map(([key, member]) => [key, member.value]));
  const strongest = strongestOrigin([origin, ...[...members.values()].map((member) => member.origin)]);
  const references = [...members.values()].flatMap((member) => member.references ?? []);
  return {
    value: input.expand === false ? value : processValue(definition, value, input.now),
    origin: strongest && { ...strongest, raw: value },
    ...(references.length > 0 && { references }),
    ...([...members.values()].some((member) => member.unread) && { unread: true }),
  };
}

function strongestOrigin(origins: readonly (SettingOrigin | undefined)[]): SettingOrigin | undefined {
  return origins
    .filter((origin) => origin !== undefined)
    .reduce<SettingOrigin | undefined>((best, origin) => {
      if (best === undefined) return origin;
      return settingStores.indexOf(origin.store) < settingStores.indexOf(best.store) ? origin : best;
    }, undefined);
}
