import { settingsError } from './errors.ts';
import type { SettingStore } from './resolved-setting.ts';
import type { SettingDefinition } from './setting-definition.ts';

export const writableStores = ['dotenv', 'meltano_environment', 'meltano_yml', 'db'] as const;
export type WritableStore = (typeof writableStores)[number];
export type StoreChoice = WritableStore | 'auto';

export interface StoreSituation {
  readonly choice: StoreChoice;
  /** Undefined for a setting that nobody declares. */
  readonly definition: SettingDefinition | undefined;
  /** A plugin's settings, or Meltano's own. */
  readonly target: 'plugin' | 'project';
  readonly readOnly: boolean;
  /** How the active environment was chosen; `none` without one. */
  readonly environment: 'none' | 'default' | 'explicit';
  readonly hasDatabase: boolean;
}

/** Reads a `--store` value. Throws `settings.unknown_store` or `settings.store_not_supported`. */
export function parseStoreChoice(text: string): StoreChoice {
  const name = text.replaceAll('-', '_');
  const store = (['auto', ...writableStores] as const).find((each) => each === name);
  if (store !== undefined) return store;
  const readable: readonly string[] = [
    'config_override',
    'env',
    'inherited',
    'default',
  ] satisfies readonly SettingStore[];
  const hint = `Use one of: auto, ${writableStores.join(', ')}`;
  if (readable.includes(name))
    throw settingsError('store_not_supported', { message: `Store '${text}' is not writable`, hint });
  throw settingsError('unknown_store', { message: `'${text}' is not a settings store`, hint });
}

/**
 * Decides where a setting is written (meltano-project §3.10). A secret never goes to a YAML file unless
 * asked for; `meltano_yml` means the section of an environment that was selected explicitly. Throws
 * `settings.store_not_supported` or `settings.read_only` when there is no place for it.
 */
export function chooseStore(situation: StoreSituation): WritableStore {
  const { choice } = situation;
  if (choice === 'auto') return autoStore(situation);
  const isForEnvironment =
    choice === 'meltano_yml' && situation.target === 'plugin' && situation.environment === 'explicit';
  const store = isForEnvironment ? 'meltano_environment' : choice;
  const refusal = refuse(store, situation);
  if (refusal !== undefined) throw refusal;
  return store;
}

function autoStore(situation: StoreSituation): WritableStore {
  const order = candidates(situation);
  const store = order.find((each) => refuse(each, situation) === undefined);
  if (store !== undefined) return store;
  if (situation.readOnly) throw readOnlyError();
  throw settingsError('store_not_supported', {
    message: `No storage method available for setting '${situation.definition?.name ?? ''}'`,
    hint: 'Name a store with `--store`',
  });
}

function candidates({ definition, readOnly, environment }: StoreSituation): readonly WritableStore[] {
  if (readOnly) return ['db'];
  if (definition?.sensitive === true) return ['dotenv', 'db'];
  const usual: readonly WritableStore[] = ['meltano_yml', 'dotenv', 'db'];
  const ordered: readonly WritableStore[] =
    environment === 'none' ? usual : ['meltano_environment', ...usual];
  return definition?.envSpecific === true ? ['dotenv', ...ordered] : ordered;
}

function refuse(store: WritableStore, situation: StoreSituation) {
  const { definition, target, readOnly, environment, hasDatabase } = situation;
  if (store === 'db')
    return hasDatabase ? undefined : refusal('The system database is not available', 'Check `database_uri`');
  if (readOnly) return readOnlyError();
  if (store === 'dotenv' && definition === undefined) {
    return refusal(
      'Unknown setting cannot be stored in `.env`',
      'Declare the setting, or use `--store=meltano_yml`',
    );
  }
  if (store !== 'meltano_environment') return undefined;
  if (target === 'project')
    return refusal('Project config cannot be stored in an Environment', 'Use `--store=meltano_yml`');
  if (environment !== 'none') return undefined;
  return refusal('No active environment found', 'Select one with `--environment`');
}

function refusal(message: string, hint: string) {
  return settingsError('store_not_supported', { message, hint });
}

export function readOnlyError() {
  return settingsError('read_only', {
    message: 'This Meltano project is deployed as read-only',
    hint: 'Change the setting where the project is developed, or use `--store=db`',
  });
}
