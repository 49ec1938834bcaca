import type { JsonObject } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import { nearNames } from '@meltano/foundation/near-names';
import { takesFurther } from '../about/connector-about.ts';
import { settingText } from '../about/setting-text.ts';
import type { ConnectorAbout } from '../connector.ts';

/** Says which of the given settings there are none of: a misspelt `start_date` would load the whole of the past. */
export function tellUnknownSettings(about: ConnectorAbout, config: JsonObject, log: Log): void {
  if (takesFurther(about, config)) return;
  const { name, settings } = about;
  const known = new Set(settings.flatMap(settingNames));
  for (const given of Object.keys(config)) {
    if (known.has(given)) continue;
    const [near] = nearNames(given, known, 1);
    const advice = near === undefined ? '--about describes those that there are' : `did you mean "${near}"?`;
    log.log('warning', `"${given}" is no setting of ${name} and counts for nothing: ${advice}`);
  }
}

/** The name of a setting and its aliases. */
export function settingNames(setting: JsonObject): readonly string[] {
  const aliases = Array.isArray(setting['aliases']) ? setting['aliases'].map(String) : [];
  return [settingText(setting, 'name'), ...aliases];
}
