import type { JsonValue } from '@meltano/foundation/json';
import { pythonRepr, pythonText } from '@meltano/foundation/python-text';
import { redacted } from '@meltano/foundation/redact';
import type {
  ResolvedSetting,
  SettingOrigin,
  SettingStore,
} from '@meltano/project/settings/resolved-setting';
import { hideSecrets } from '@meltano/project/settings/secrets';

/** Where a value is kept, in Meltano's words. Source: meltano-cli §12.1. */
const storeLabels: Readonly<Record<SettingStore | 'auto', string>> = {
  config_override: 'a command line flag',
  env: 'the environment',
  dotenv: '`.env`',
  meltano_environment: 'the active environment in `meltano.yml`',
  meltano_yml: '`meltano.yml`',
  db: 'the system database',
  inherited: 'inherited',
  default: 'the default',
  auto: 'the system database, `meltano.yml`, and `.env`',
};

export function storeLabel(store: string): string {
  return storeLabels[store as SettingStore] ?? store;
}

/** `from the TAP_X_PORT variable in the environment`, `from \`meltano.yml\``. */
export function originText(origin: SettingOrigin): string {
  const variable = (origin.store === 'env' || origin.store === 'dotenv') && origin.name !== undefined;
  if (variable) return `from the ${origin.name} variable in ${storeLabel(origin.store)}`;
  return `from ${storeLabel(origin.store)}`;
}

/** A value as Meltano shows it; secrets only when asked for. */
export function shownValue(setting: ResolvedSetting, value: JsonValue, unsafe: boolean): string {
  if (unsafe) return pythonRepr(value);
  const shown = hideSecrets(setting, value, redacted);
  // What was put in place of a value is no text of the setting, and so is not quoted.
  return shown === value ? pythonRepr(value) : pythonText(shown);
}
