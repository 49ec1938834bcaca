import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import type { Config } from './config.ts';
import { castSetting } from './config.ts';

/** `TAP_CSV_CSV_FILES_DEFINITION` for `csv_files_definition` of `tap-csv`: as the Meltano SDK names them. */
export function settingVariable(connector: string, setting: string): string {
  return `${connector}_${setting}`.toUpperCase().replaceAll(/[-.]/g, '_');
}

/** The settings that the environment gives, for `--config ENV`. Aliases count, the setting's own name wins. */
export function configFromEnv(
  connector: string,
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
): JsonObject {
  const values: Record<string, JsonValue> = {};
  for (const [name, setting] of Object.entries(config.settings)) {
    for (const spelling of [name, ...(setting.aliases ?? [])]) {
      const text = env[settingVariable(connector, spelling)];
      if (text === undefined || text === '') continue;
      values[name] ??= castSetting(setting.type, text);
    }
  }
  return values;
}
