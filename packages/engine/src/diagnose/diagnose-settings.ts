import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
import { nearNames } from '@meltano/foundation/near-names';
import { pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { exportVariables } from '@meltano/project/settings/env-names';
import { referencedVariables } from '@meltano/project/settings/expand';
import { environmentPlugin, pluginPrefixes } from '@meltano/project/settings/plugin-settings';
import { isExpandable, type ResolvedSetting } from '@meltano/project/settings/resolved-setting';
import type { SecretReference } from '@meltano/project/settings/secret-reference';
import type { Workspace } from '../workspace/workspace.ts';
import { brokenBy, type Finding, orFine } from './finding.ts';

const subject = 'Settings';

/** Settings that cannot be read, and references to what is not there. Commands are not started. */
export async function diagnoseSettings(
  workspace: Workspace,
  plugins: readonly ResolvedPlugin[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const plugin of plugins) {
    try {
      const { settings, extras } = await workspace.pluginSettings(plugin);
      const known = knownVariables(workspace, plugin);
      findings.push(...missingSettings(settings, plugin), ...misspeltSettings(settings, plugin));
      for (const setting of [...settings, ...extras])
        findings.push(
          ...unsetVariables(setting, plugin, known),
          ...(setting.references ?? []).flatMap((reference) =>
            judgeReference(reference, setting, plugin, workspace),
          ),
        );
    } catch (error) {
      findings.push(brokenBy(subject, error));
    }
  }
  return orFine(subject, findings, 'all that plugins need and refer to is set');
}

/** One of the groups of `settings_group_validation` must be set whole, as `config set --interactive` asks for it. */
function missingSettings(settings: readonly ResolvedSetting[], plugin: ResolvedPlugin): readonly Finding[] {
  const groups = plugin.settingsGroupValidation.filter((group) => group.length > 0);
  const isSet = (name: string) => {
    const value = settings.find((setting) => setting.definition.name === name)?.value;
    return value !== undefined && value !== null && value !== '';
  };
  if (groups.length === 0 || groups.some((group) => group.every(isSet))) return [];
  const missing = groups.map((group) => group.filter((name) => !isSet(name)).join(', '));
  const { descriptor } = pluginTypeWords[plugin.type];
  return [
    {
      subject,
      verdict: 'advice',
      message: `The ${descriptor} '${plugin.name}' lacks settings: ${[...new Set(missing)].join('; or ')}`,
      fix: `meltano config set --interactive ${plugin.name}`,
      place: plugin.written.place,
    },
  ];
}

/** Settings that the definition does not have are handed on all the same: only what looks like one of its own is told. */
function misspeltSettings(settings: readonly ResolvedSetting[], plugin: ResolvedPlugin): readonly Finding[] {
  const declared = settings.flatMap(({ definition: { custom, name } }) => (custom ? [] : [name]));
  return settings
    .filter(({ definition }) => definition.custom)
    .flatMap((setting): readonly Finding[] => {
      const { name } = setting.definition;
      if (declared.some((other) => name.startsWith(`${other}.`))) return [];
      const [near] = nearNames(name, declared, 1, likely);
      if (near === undefined) return [];
      const message = `${titleOf(setting, plugin)} is not one of its settings, and goes to it as it is`;
      const fix = `did you mean '${near}'?`;
      return [{ subject, verdict: 'advice', message, fix, place: setting.origin?.place }];
    });
}

/** Two names as alike as `databse` and `database`. */
const likely = 0.8;

/** Names that settings of a plugin can refer to, as far as the project alone decides it. */
function knownVariables(workspace: Workspace, plugin: ResolvedPlugin): ReadonlySet<string> {
  const { processEnv, dotenv, project, selection } = workspace;
  const prefixes = pluginPrefixes(plugin);
  const levels = [
    processEnv,
    dotenv,
    project.env,
    selection.environment?.env ?? {},
    plugin.written.env,
    environmentPlugin(plugin, selection.environment)?.env ?? {},
  ];
  return new Set([
    ...levels.flatMap((level) => Object.keys(level)),
    ...plugin.settings.flatMap((definition) => exportVariables(definition, prefixes)),
  ]);
}

/** Variables of Meltano's own come from it, or from the plugin before in a pipeline. */
function unsetVariables(
  setting: ResolvedSetting,
  plugin: ResolvedPlugin,
  known: ReadonlySet<string>,
): readonly Finding[] {
  const { origin } = setting;
  if (origin === undefined || origin.store === 'default' || !isExpandable(origin)) return [];
  const missing = textsIn(origin.raw)
    .flatMap(referencedVariables)
    .filter((name) => !known.has(name) && !name.startsWith('MELTANO_'));
  return [...new Set(missing)].map((name) => ({
    subject,
    verdict: 'advice' as const,
    message: `${titleOf(setting, plugin)} refers to the variable ${name}, which is not set and counts as empty`,
    fix: `export ${name}=…, or add it to .env`,
    place: origin.place,
  }));
}

function judgeReference(
  { kind, argument, text }: SecretReference,
  setting: ResolvedSetting,
  plugin: ResolvedPlugin,
  { root, processEnv, dotenv }: Workspace,
): readonly Finding[] {
  const isThere =
    kind === 'exec' ||
    (kind === 'env'
      ? (processEnv[argument] ?? dotenv[argument]) !== undefined
      : existsSync(resolve(root, argument)));
  if (isThere) return [];
  return [
    {
      subject,
      verdict: 'broken',
      message: `${titleOf(setting, plugin)} refers to ${text}, which ${kind === 'env' ? 'is not set' : 'does not exist'}`,
      fix: kind === 'env' ? `export ${argument}=…, or add it to .env` : `create ${argument}`,
      place: setting.origin?.place,
    },
  ];
}

function titleOf({ definition }: ResolvedSetting, plugin: ResolvedPlugin): string {
  return `Setting '${definition.name}' of ${pluginTypeWords[plugin.type].descriptor} '${plugin.name}'`;
}

function textsIn(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isJsonArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
