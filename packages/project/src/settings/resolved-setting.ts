import type { ErrorPlace } from '@meltano/foundation/errors';
import type { JsonValue } from '@meltano/foundation/json';
import type { SecretReference } from './secret-reference.ts';
import type { SettingDefinition } from './setting-definition.ts';

/** The places a value can come from, strongest first. Names are those of Meltano's `--store` and metadata. */
export const settingStores = [
  'config_override',
  'env',
  'dotenv',
  'meltano_environment',
  'meltano_yml',
  'db',
  'inherited',
  'default',
] as const;
export type SettingStore = (typeof settingStores)[number];

export interface SettingOrigin {
  readonly store: SettingStore;
  /** The variable, or the key in a file, that holds it. */
  readonly name: string | undefined;
  readonly place: ErrorPlace | undefined;
  /** The value before variables were expanded and kinds were cast. */
  readonly raw: JsonValue;
  /** For `inherited`: the parent plugin's name, where it has the value from, and whether it put it together. */
  readonly parent?: { readonly plugin: string; readonly origin: SettingOrigin; readonly composed?: boolean };
}

/** A setting with its value and where that came from. `value` is null when nothing sets it. */
export interface ResolvedSetting {
  readonly definition: SettingDefinition;
  readonly value: JsonValue;
  /** Undefined exactly when nothing, not even a default, gives a value. */
  readonly origin: SettingOrigin | undefined;
  /** The weaker layers that also have a value, strongest first: what this one hides. */
  readonly hides: readonly SettingOrigin[];
  /** True for an object put together from the settings nested inside it, here or in a parent: keys are dotted. */
  readonly composed?: boolean;
  /** Names, below its own, of the members of its value that are sensitive though it is not itself. */
  readonly secretMembers?: readonly string[];
  /** What its value refers to; such a value is a secret. Absent when it refers to nothing. */
  readonly references?: readonly SecretReference[];
  /** The references were not followed: `value` is the text as it is written, not cast to its kind. */
  readonly unread?: true;
}

/** Whether values from here have their references to variables expanded; elsewhere `$X` is just text. */
export function isExpandable(origin: SettingOrigin): boolean {
  if (origin.store === 'inherited') return origin.parent === undefined || isExpandable(origin.parent.origin);
  return (
    origin.store === 'meltano_environment' || origin.store === 'meltano_yml' || origin.store === 'default'
  );
}

/**
 * Whether references in a value from here count: in what the owner of the project or of this machine has
 * written, never in the default of a definition that came from elsewhere, or in a database that others share.
 */
export function mayRefer(origin: SettingOrigin): boolean {
  if (origin.store === 'inherited') return origin.parent !== undefined && mayRefer(origin.parent.origin);
  return (
    origin.store === 'env' ||
    origin.store === 'dotenv' ||
    (isExpandable(origin) && origin.store !== 'default')
  );
}
