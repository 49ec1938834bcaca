import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { redacted } from '@meltano/foundation/redact';
import { lockContent } from '@meltano/project/plugin/lock-file';
import { pluginTypes } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { stringifySetting } from '@meltano/project/settings/cast-value';
import { expandEnv } from '@meltano/project/settings/env-chain';
import { type EnvPrefixes, exportVariables, projectPrefixes } from '@meltano/project/settings/env-names';
import { environmentPlugin, pluginPrefixes } from '@meltano/project/settings/plugin-settings';
import type { ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import { hideSecrets } from '@meltano/project/settings/secrets';
import type { Workspace } from './workspace/workspace.ts';

/**
 * The project in its active environment with everything resolved, as one JSON value: definitions merged into
 * plugin entries, settings as variables, the environment folded in. Sensitive values are hidden unless
 * `unsafe`, also inside `config`. Where the project and a definition differ, the project holds, and settings
 * are merged by name. Source of the shape: meltano-project §1.9.
 */
export async function compileManifest(
  workspace: Workspace,
  options: { readonly unsafe: boolean },
): Promise<JsonObject> {
  const {
    environments: _environments,
    include_paths: _includes,
    plugins: _plugins,
    ...top
  } = workspace.project.merged;
  const environment = workspace.selection.environment;
  const plugins: Record<string, JsonValue> = {};
  const all = await workspace.plugins();
  for (const type of pluginTypes) {
    const ofType = all.filter((plugin) => plugin.type === type);
    plugins[type] = await Promise.all(ofType.map((plugin) => pluginEntry(workspace, plugin, options.unsafe)));
  }
  const own = exported(workspace.projectSettings(), projectPrefixes, options.unsafe);
  const rootEnv = expandEnv(
    workspace.project.env,
    { ...workspace.dotenv, ...workspace.processEnv, ...workspace.projectVariables },
    false,
  );
  const environmentEnv =
    environment === undefined
      ? {}
      : expandEnv(environment.env, { ...workspace.processEnv, ...rootEnv }, false);
  const schedules = isJsonArray(top['schedules'])
    ? top['schedules'].map((schedule) => (isJsonObject(schedule) ? { env: {}, ...schedule } : schedule))
    : [];
  const env = Object.fromEntries(
    Object.entries({ ...own, ...rootEnv, ...environmentEnv }).map(([name, value]) => [
      name,
      movable(value, workspace.root),
    ]),
  );
  return { ...top, env, plugins, schedules };
}

/** A manifest may be read elsewhere: the project's own folder is named by its variable. */
function movable(value: string, root: string): string {
  return value.replaceAll(root, '$' + '{MELTANO_PROJECT_ROOT}');
}

async function pluginEntry(
  workspace: Workspace,
  plugin: ResolvedPlugin,
  unsafe: boolean,
): Promise<JsonObject> {
  const { settings, extras } = await workspace.pluginSettings(plugin);
  const all = [...settings, ...extras];
  const override = environmentPlugin(plugin, workspace.selection.environment);
  const written = plugin.written.entry;
  const config = { ...objectOf(written['config']), ...override?.config };
  const env = {
    ...exported(all, pluginPrefixes(plugin), unsafe),
    ...textValues(plugin.written.env),
    ...textValues(override?.env ?? {}),
  };
  return {
    ...lockContent(plugin.definition),
    ...written,
    ...override?.extras,
    ...mergedSettings(plugin),
    ...(Object.keys(config).length > 0 ? { config: hideConfig(config, settings, unsafe) } : {}),
    env,
  };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function mergedSettings(plugin: ResolvedPlugin): JsonObject {
  const declared = plugin.settings.filter((setting) => !setting.custom).map((setting) => setting.written);
  return declared.length > 0 ? { settings: declared } : {};
}

function textValues(env: Readonly<Record<string, JsonValue>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
}

function exported(
  settings: readonly ResolvedSetting[],
  prefixes: EnvPrefixes,
  unsafe: boolean,
): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const setting of settings) {
    const { definition, value } = setting;
    if (value === null) continue;
    const text = stringifySetting(definition, unsafe ? value : shownValue(setting));
    for (const name of exportVariables(definition, prefixes)) variables[name] = text;
  }
  return variables;
}

/** A reference that was not followed is no secret: it stays as it is written. */
function shownValue(setting: ResolvedSetting): JsonValue {
  if (setting.definition.sensitive) return redacted;
  if (setting.unread && setting.secretMembers === undefined) return setting.value;
  return hideSecrets(setting, setting.value, redacted);
}

/** Invariant 5: a secret that stands in the project file does not leave with the manifest. */
function hideConfig(config: JsonObject, settings: readonly ResolvedSetting[], unsafe: boolean): JsonObject {
  if (unsafe) return config;
  const secret = new Set(
    settings
      .filter((setting) => setting.definition.sensitive)
      .flatMap(({ definition }) => [definition.name, ...definition.aliases]),
  );
  const hide = (value: JsonObject, prefix: string): JsonObject =>
    Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        const name = prefix === '' ? key : `${prefix}.${key}`;
        if (secret.has(name)) return [key, redacted];
        return [key, isJsonObject(member) ? hide(member, name) : member];
      }),
    );
  return hide(config, '');
}
