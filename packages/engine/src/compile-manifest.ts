import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import { redacted } from '@meltano/foundation/redact';
import type { Environment } from '@meltano/project/environment';
import { mergeValues } from '@meltano/project/merge-values';
import { lockContent } from '@meltano/project/plugin/lock-file';
import { pluginTypes } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { stringifySetting } from '@meltano/project/settings/cast-value';
import { expandKnownEnv } from '@meltano/project/settings/env-chain';
import { type EnvPrefixes, exportVariables, projectPrefixes } from '@meltano/project/settings/env-names';
import { isOnlyReferences } from '@meltano/project/settings/expand';
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
  const known = workspace.projectSettings().filter(({ definition }) => !definition.custom);
  const own = exported(known, projectPrefixes, options.unsafe);
  // What variables of this machine say is not the project's: references to them stay.
  const rootEnv = expandKnownEnv(workspace.project.env, own);
  const environmentEnv =
    environment === undefined ? {} : expandKnownEnv(environment.env, { ...own, ...rootEnv });
  const schedules = isJsonArray(top['schedules'])
    ? top['schedules'].map((schedule) => (isJsonObject(schedule) ? { env: {}, ...schedule } : schedule))
    : [];
  const env = movable({ ...own, ...rootEnv, ...environmentEnv }, workspace.root);
  return { ...top, ...annotationsOf(top, environment), env, plugins, schedules };
}

/** Those of the active environment join those of the project. */
function annotationsOf(top: JsonObject, environment: Environment | undefined): JsonObject {
  const all = [top['annotations'], environment?.annotations].filter((each) => isJsonObject(each));
  return all.length === 0 ? {} : { annotations: mergeValues(all) };
}

/** A manifest may be read elsewhere: the project's own folder is named by its variable. */
function movable(env: Readonly<Record<string, string>>, root: string): JsonObject {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      value.replaceAll(root, '$' + '{MELTANO_PROJECT_ROOT}'),
    ]),
  );
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
    ...inheritedMembers(plugin),
    ...written,
    ...override?.extras,
    ...mergedSettings(plugin),
    ...(Object.keys(config).length > 0 ? { config: hideConfig(config, settings, unsafe) } : {}),
    env: movable(env, workspace.root),
  };
}

/** What is a plugin's own, or is told by its variables and settings. */
const ownMembers = new Set(['name', 'inherit_from', 'config', 'env', 'settings', 'annotations']);

function inheritedMembers({ parent, namespace, label }: ResolvedPlugin): JsonObject {
  if (parent === undefined) return {};
  const members = Object.entries(parent.written.entry).filter(([key]) => !ownMembers.has(key));
  return { ...inheritedMembers(parent), ...Object.fromEntries(members), namespace, label };
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

/** A reference that was not followed is no secret, nor is an empty text: they stay as they are written. */
function shownValue(setting: ResolvedSetting): JsonValue {
  if (setting.value === '') return setting.value;
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
        if (secret.has(name)) return [key, isOnlyReferences(member) ? member : redacted];
        return [key, isJsonObject(member) ? hide(member, name) : member];
      }),
    );
  return hide(config, '');
}
