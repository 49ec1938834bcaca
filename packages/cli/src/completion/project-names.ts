import { peekStateIds } from '@meltano/engine/state/peek-state-ids';
import { peekRunIds } from '@meltano/engine/system/peek-run-ids';
import { openWorkspace } from '@meltano/engine/workspace/open-workspace';
import type { Workspace } from '@meltano/engine/workspace/workspace';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { Terminal } from '../globals.ts';
import type { NameKind } from './name-kinds.ts';

export interface NamePlace {
  readonly terminal: Pick<Terminal, 'env'>;
  /** Where the project is looked for. */
  readonly cwd: string;
}

/**
 * The names of a kind that a project has, from its files alone: nothing is asked of a network, and nothing is
 * started. `of` are the arguments before. Empty where there is no project, or none that can be read.
 */
export async function projectNames(
  { terminal, cwd }: NamePlace,
  kind: NameKind,
  of: readonly string[],
): Promise<readonly string[]> {
  try {
    const workspace = await openWorkspace({ cwd, processEnv: terminal.env, environmentRule: 'never' });
    return [...new Set(await namesOf(workspace, kind, of))];
  } catch {
    return [];
  }
}

async function namesOf(
  workspace: Workspace,
  kind: NameKind,
  of: readonly string[],
): Promise<readonly string[]> {
  const { project } = workspace;
  const ofType = (type?: PluginType) =>
    project.plugins.filter((each) => type === undefined || each.type === type).map((each) => each.name);
  switch (kind) {
    case 'plugins':
      return ofType();
    case 'configurable':
      return [...ofType(), 'meltano'];
    case 'extractors':
    case 'loaders':
      return ofType(kind);
    case 'jobs':
      return project.jobs.map((job) => job.name);
    case 'schedules':
      return project.schedules.map((schedule) => schedule.name);
    case 'environments':
      return project.environments.map((environment) => environment.name);
    case 'states':
      return stateIds(workspace);
    case 'runs':
      return peekRunIds(String(workspace.projectSetting('database_uri').value ?? ''), workspace.root);
    case 'commands':
      return [...ofType(), ...(await commandNames(workspace, () => true))];
    case 'tests':
      return commandNames(workspace, (name) => name.startsWith('test'), true);
    case 'blocks':
      return blockNames(workspace);
    case 'settings':
      return settingNames(workspace, of);
  }
}

function stateIds({ root: folder, projectSetting }: Workspace): Promise<readonly string[]> {
  const text = (name: string) => String(projectSetting(name).value ?? '');
  return peekStateIds({ databaseUri: text('database_uri'), stateUri: text('state_backend.uri'), folder });
}

/** What `run` takes: mappings stand for their mapper. */
async function blockNames(workspace: Workspace): Promise<readonly string[]> {
  const { project } = workspace;
  const plugins = project.plugins.filter((each) => each.type !== 'mappers' && each.type !== 'files');
  const mappings = await workspace.mappings().catch(() => []);
  return [
    ...project.jobs.map((job) => job.name),
    ...plugins.map((each) => each.name),
    ...mappings.flatMap((each) => each.mapping?.name ?? []),
    ...(await commandNames(workspace, (_name, plugin) => runnable.has(plugin.type))),
  ];
}

async function commandNames(
  workspace: Workspace,
  fits: (name: string, plugin: ResolvedPlugin) => boolean,
  withPlugins = false,
): Promise<readonly string[]> {
  const plugins = await resolvable(workspace);
  return plugins.flatMap((plugin) => {
    const commands = Object.keys(plugin.commands).filter((name) => fits(name, plugin));
    if (commands.length === 0) return [];
    return [...(withPlugins ? [plugin.name] : []), ...commands.map((name) => `${plugin.name}:${name}`)];
  });
}

/** A plugin whose definition is not in the project has only its name. */
async function resolvable(workspace: Workspace): Promise<readonly ResolvedPlugin[]> {
  const found = await Promise.all(
    workspace.project.plugins.map(({ name, type }) =>
      workspace.lookUpPlugin(name, type).catch(() => undefined),
    ),
  );
  return found.filter((plugin) => plugin !== undefined);
}

async function settingNames(
  workspace: Workspace,
  [name, ...given]: readonly string[],
): Promise<readonly string[]> {
  // A second word may be the rest of a setting's name, or a value that nobody here knows.
  if (name === undefined || given.length > 0) return [];
  const plugin = await workspace.lookUpPlugin(name);
  if (plugin !== undefined) return [...plugin.settings, ...plugin.extras].map((setting) => setting.name);
  return name === 'meltano' ? workspace.projectSettings().map(({ definition }) => definition.name) : [];
}

/** Plugins whose commands are blocks; those that speak Singer run in pairs. */
const runnable: ReadonlySet<PluginType> = new Set(['utilities', 'transformers', 'orchestrators']);
