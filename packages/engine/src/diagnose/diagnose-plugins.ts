import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockFilePath } from '@meltano/project/plugin/lock-file';
import { pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import {
  type DefinitionRequest,
  definitionKey,
  requiredDefinition,
} from '@meltano/project/plugin/resolve-plugin';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { WrittenPlugin } from '@meltano/project/plugin/written-plugin';
import { expandText } from '@meltano/project/settings/expand';
import type { Engine } from '../engine.ts';
import { needsInstall, readFingerprint, venvFingerprint } from '../install/fingerprint.ts';
import { pluginVenv } from '../install/install-plugin.ts';
import { locateExecutable } from '../invoke/locate-executable.ts';
import { splitWords } from '../invoke/split-words.ts';
import { isNative } from '../run/native.ts';
import { loadLockedDefinition, lockFilesOf } from '../workspace/lock-files.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { brokenBy, type Finding, orFine } from './finding.ts';

/** Plugins whose definition is in the project; of the others only the lock file is missed, and no Hub is asked. */
export interface KnownPlugins {
  readonly plugins: readonly ResolvedPlugin[];
  readonly findings: readonly Finding[];
}

const locks = 'Lock files';

/** Which definitions are locked as the entries want them. */
export async function diagnoseLocks(workspace: Workspace): Promise<KnownPlugins> {
  const { project } = workspace;
  const findings: Finding[] = [];
  const plugins: ResolvedPlugin[] = [];
  const judged = new Map<string, readonly Finding[]>();
  for (const written of project.plugins) {
    try {
      const request = requiredDefinition(written, project);
      const found =
        request === undefined
          ? []
          : (judged.get(definitionKey(request)) ?? judgeLock(workspace, written, request));
      if (request !== undefined && !judged.has(definitionKey(request))) findings.push(...found);
      if (request !== undefined) judged.set(definitionKey(request), found);
      const plugin = found.length > 0 ? undefined : await workspace.lookUpPlugin(written.name, written.type);
      if (plugin !== undefined) plugins.push(plugin);
    } catch (error) {
      findings.push(brokenBy(locks, error));
    }
  }
  return {
    plugins,
    findings: orFine(
      locks,
      findings,
      judged.size === 0 ? 'none is needed' : `all ${judged.size} that are needed are there`,
    ),
  };
}

function judgeLock(
  workspace: Workspace,
  written: WrittenPlugin,
  { type, name, variant }: DefinitionRequest,
): readonly Finding[] {
  const { root } = workspace;
  const what = `${pluginTypeWords[type].descriptor} '${written.name}'`;
  const files = lockFilesOf(root, type, name);
  const wanted = lockFilePath(type, name, variant);
  const isThere = variant === undefined ? files.length > 0 : existsSync(join(root, wanted));
  if (!isThere) {
    const others = files.length > 0 ? `; there is ${files.join(', ')} instead` : '';
    const required = workspace.projectSetting('ff.plugin_locks_required').value === true;
    return [
      {
        subject: locks,
        verdict: required ? 'broken' : 'advice',
        message: `The lock file of ${what}${variant === undefined ? '' : ` (variant '${variant}')`} is missing${others}`,
        fix: `meltano lock ${written.name} --plugin-type ${pluginTypeWords[type].singular}`,
        place: written.place,
      },
    ];
  }
  const definition = loadLockedDefinition(root, { type, name, variant });
  if (
    definition === undefined ||
    (definition.name === name && (variant === undefined || definition.variant === variant))
  )
    return [];
  return [
    {
      subject: locks,
      verdict: 'advice',
      message: `${wanted} says that it is of '${definition.name}' (variant '${definition.variant ?? 'none'}'), not of what its name says`,
      fix: `meltano lock --update ${written.name} --plugin-type ${pluginTypeWords[type].singular}`,
    },
  ];
}

/** Whether what plugins need to be started is there. */
export async function diagnoseInstallations(
  { workspace, dependencies }: Pick<Engine, 'workspace' | 'dependencies'>,
  plugins: readonly ResolvedPlugin[],
): Promise<readonly Finding[]> {
  const { loadConnector } = dependencies();
  const findings: Finding[] = [];
  for (const plugin of plugins) {
    try {
      if (isNative(plugin)) await loadConnector(plugin.npmPackage ?? '', plugin.definition.name);
      else if (plugin.pipUrl) findings.push(...(await judgeVenv(workspace, plugin, plugin.pipUrl)));
      else if (plugin.invokable && plugin.type !== 'files') {
        const searchPath = workspace.projectEnv['PATH'];
        locateExecutable(plugin, { root: workspace.root, systemDir: workspace.systemDir, searchPath });
      }
    } catch (error) {
      findings.push(brokenBy('Plugins', error));
    }
  }
  return orFine(
    'Plugins',
    findings,
    plugins.length === 0
      ? 'none is known that could be started'
      : `all ${plugins.length} that are known can be started`,
  );
}

async function judgeVenv(
  workspace: Workspace,
  plugin: ResolvedPlugin,
  pipUrl: string,
): Promise<readonly Finding[]> {
  const setting = workspace.projectSetting('python').value;
  const python = plugin.python ?? (typeof setting === 'string' && setting !== '' ? setting : undefined);
  const packages = splitWords(expandText(pipUrl, { variables: workspace.installVariables(plugin) }));
  const venv = pluginVenv(workspace.systemDir, plugin);
  if (!(await needsInstall(venv, venvFingerprint(packages, python)))) return [];
  const isThere = (await readFingerprint(venv)) !== undefined;
  const { descriptor, singular } = pluginTypeWords[plugin.type];
  const isAutomatic = workspace.projectSetting('auto_install').value !== false;
  return [
    {
      subject: 'Plugins',
      verdict: isAutomatic ? 'advice' : 'broken',
      message: isThere
        ? `The ${descriptor} '${plugin.name}' was installed from other packages, or for another Python, than the project now says`
        : `The ${descriptor} '${plugin.name}' is not installed`,
      fix: `meltano install ${plugin.name} --plugin-type ${singular}`,
    },
  ];
}
