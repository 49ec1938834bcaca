import type { ErrorPlace } from '@meltano/foundation/errors';
import { type JsonObject, type JsonValue, stringifyPythonJson } from '@meltano/foundation/json';
import { nearNames } from '@meltano/foundation/near-names';
import { dotenvStatement } from '@meltano/project/dotenv/edit-dotenv';
import { stringifySetting } from '@meltano/project/settings/cast-value';
import { nestObject } from '@meltano/project/settings/nesting';
import { composeConfig } from '@meltano/project/settings/plugin-config';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import { hideSecrets } from '@meltano/project/settings/secrets';
import { findSetting } from '@meltano/project/settings/setting-definition';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import { listSettings } from './config-list.ts';
import { type ConfigTarget, findConfigTarget } from './config-target.ts';
import { explainSetting } from './explain-setting.ts';

interface TargetOptions {
  readonly pluginType?: string;
  readonly databaseUri?: string;
  readonly unsafe?: boolean;
}

const open = (host: Host, options: TargetOptions) =>
  host.open({ command: 'config', environment: 'explicit', ...options });

/** `meltano config print`. */
export async function printConfig(
  host: Host,
  name: string,
  options: TargetOptions & { readonly format: string; readonly extras?: boolean },
): Promise<void> {
  const session = await open(host, options);
  const target = await findConfigTarget(session, name, options.pluginType, options);
  const settings = (options.extras ? target.extras : printedSettings(target)).map((setting) =>
    hideSecret(setting, options.unsafe ?? false),
  );
  if (options.format === 'env') {
    for (const line of envLines(target, settings)) session.print(line);
    session.print('');
    return;
  }
  session.print(stringifyPythonJson(configJson(target, settings, options.extras ?? false), { indent: 2 }));
}

/** Unknown keys of a project file are no settings of Meltano, whereas those of a plugin reach the plugin. */
function printedSettings({ plugin, settings }: ConfigTarget): readonly ResolvedSetting[] {
  return plugin === undefined ? settings.filter(({ definition }) => !definition.custom) : settings;
}

/** What a sensitive value is shown as in a printed configuration. */
const stars = '*****';

function hideSecret(setting: ResolvedSetting, unsafe: boolean): ResolvedSetting {
  return unsafe ? setting : { ...setting, value: hideSecrets(setting, setting.value, stars) };
}

function configJson(target: ConfigTarget, settings: readonly ResolvedSetting[], extras: boolean): JsonObject {
  const now = Date.now();
  const flat = Object.fromEntries(settings.map((setting) => [setting.definition.name, setting.value]));
  if (extras) return flat;
  if (target.plugin === undefined) return nestObject(unsetAsEmpty(flat));
  return composeConfig(target.plugin, settings, now);
}

/** Meltano prints its own unset settings as `{}`; scripts may have come to rely on the keys being there. */
function unsetAsEmpty(flat: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(
    Object.entries(flat)
      .filter(([key, value]) => value !== null || key !== 'run.grace_seconds')
      .map(([key, value]) => [key, value ?? {}]),
  );
}

function envLines(target: ConfigTarget, settings: readonly ResolvedSetting[]): readonly string[] {
  return settings
    .filter((setting) => setting.value !== null)
    .flatMap(({ definition, value }) => {
      const text = stringifySetting(definition, value);
      return target.exported(definition).map((name) => dotenvStatement(name, text));
    });
}

/** `meltano config list`. */
export async function listConfig(
  host: Host,
  name: string,
  options: TargetOptions & {
    readonly format: string;
    readonly extras?: boolean;
    readonly all?: boolean;
    readonly filter?: string;
  },
): Promise<void> {
  const session = await open(host, options);
  const target = await findConfigTarget(session, name, options.pluginType, options);
  if (options.format === 'json') {
    const settings = [...(options.extras ? [] : target.settings), ...target.extras].map((setting) =>
      settingJson(target, setting, options.unsafe ?? false),
    );
    session.print(JSON.stringify({ plugin: name, settings }, null, 2));
    return;
  }
  const { outStyle, outWidth: width } = session;
  for (const line of listSettings(target, { ...options, width }, outStyle)) session.print(line);
}

function settingJson(target: ConfigTarget, setting: ResolvedSetting, unsafe: boolean) {
  const { definition, origin } = setting;
  return {
    name: definition.name,
    kind: definition.kind ?? null,
    value: hideSecret(setting, unsafe).value,
    source: origin?.store ?? null,
    source_name: origin?.name ?? null,
    place: shownPlace(origin?.place, unsafe),
    default: shownDefault(setting, unsafe),
    env: target.variables(definition),
    label: definition.label ?? null,
    description: definition.description ?? null,
    sensitive: definition.sensitive,
    custom: definition.custom,
  };
}

/** The text of a line may hold the secrets of its neighbours. */
function shownPlace(place: ErrorPlace | undefined, unsafe: boolean): ErrorPlace | null {
  if (place === undefined || unsafe) return place ?? null;
  const { text: _text, ...rest } = place;
  return rest;
}

function shownDefault(setting: ResolvedSetting, unsafe: boolean): JsonValue {
  const { sensitive, value = null } = setting.definition;
  if (unsafe) return value;
  return sensitive ? null : hideSecrets(setting, value, stars);
}

/** `meltano config explain`: every place that could set it, strongest first. */
export async function explainConfig(
  host: Host,
  name: string,
  words: readonly string[],
  options: TargetOptions,
): Promise<void> {
  const session = await open(host, options);
  const target = await findConfigTarget(session, name, options.pluginType, options);
  const setting = findResolved(target, words.join('.'));
  const { definition, origin } = setting;
  if (origin === undefined) {
    session.print(`${definition.name} is not set`);
    session.print(`  set it with: meltano config set ${name} ${definition.name} <value>`);
  }
  const { environment } = session.workspace;
  const explained = { target, setting, environment, unsafe: options.unsafe ?? false };
  const { outStyle, outWidth: width, glyphs } = session;
  for (const line of explainSetting(explained, outStyle, { width, ellipsis: glyphs.ellipsis }))
    session.print(line);
}

function findResolved(target: ConfigTarget, name: string): ResolvedSetting {
  const all = [...target.settings, ...target.extras];
  const definition = findSetting(
    all.map((setting) => setting.definition),
    name,
  );
  const found = all.find((setting) => setting.definition === definition);
  if (found !== undefined) return found;
  const near = nearNames(
    name,
    all.map((setting) => setting.definition.name),
  );
  throw cliError('no_setting', {
    message: `${target.label} has no setting '${name}'`,
    hint:
      near.length === 0
        ? `meltano config list ${target.plugin?.name ?? 'meltano'} --all`
        : `did you mean ${near.map((each) => `'${each}'`).join(' or ')}?`,
  });
}
