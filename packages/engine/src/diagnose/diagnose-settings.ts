import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isJsonArray, isJsonObject, type JsonValue } from '@meltano/foundation/json';
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
  return orFine(subject, findings, 'all that they refer to is set');
}

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
