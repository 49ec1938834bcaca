import { resolve } from 'node:path';
import { addDbtPackage } from '@meltano/engine/install/dbt-package';
import { addBundleFiles } from '@meltano/engine/install/file-bundle';
import { pluginVenv } from '@meltano/engine/install/install-plugin';
import { isJsonObject } from '@meltano/foundation/json';
import type { PluginDefinition } from '@meltano/project/plugin/definition';
import { resolvePlugin } from '@meltano/project/plugin/resolve-plugin';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { parseWrittenPlugin } from '@meltano/project/plugin/written-plugin';
import type { Session } from '../session.ts';

/** What a plugin brings into the project when it is added: the files of a bundle, the models of a transform. */
export async function addProjectFiles(session: Session, plugin: ResolvedPlugin): Promise<void> {
  if (plugin.type === 'files') await addFiles(session, plugin);
  if (plugin.type === 'transforms') await addTransform(session, plugin);
}

/** As if the project had an entry for it, which is enough to install it. */
export function bundleWithoutEntry(
  { workspace }: Session,
  name: string,
  definition: PluginDefinition,
): ResolvedPlugin {
  const { variant, pipUrl } = definition;
  const value = Object.fromEntries(
    Object.entries({ name, variant, pip_url: pipUrl }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
  const written = parseWrittenPlugin('files', { name, value, place: { file: 'meltano.yml' } });
  return resolvePlugin(written, workspace.project, () => definition);
}

async function addFiles({ workspace, log }: Session, plugin: ResolvedPlugin): Promise<void> {
  const { extras } = await workspace.preparePlugin(plugin);
  const lines = await addBundleFiles({
    name: plugin.name,
    venv: pluginVenv(workspace.systemDir, plugin),
    root: workspace.root,
    update: extras['_update'] as Readonly<Record<string, boolean>>,
  });
  for (const line of lines) log.log('info', line);
}

/** The first transformer of the project is the one whose dbt project it is. */
async function addTransform({ workspace, log }: Session, plugin: ResolvedPlugin): Promise<void> {
  const transformer = (await workspace.plugins()).find((each) => each.type === 'transformers');
  if (transformer === undefined) return;
  const { flatConfig } = await workspace.preparePlugin(transformer);
  const { extras } = await workspace.preparePlugin(plugin);
  const vars = extras['_vars'] ?? {};
  const lines = await addDbtPackage({
    source: plugin.pipUrl ?? '',
    packageName: String(extras['_package_name']),
    vars: isJsonObject(vars) ? vars : {},
    projectDir: resolve(workspace.root, String(flatConfig['project_dir'] ?? 'transform')),
    root: workspace.root,
  });
  for (const line of lines) log.log('info', line);
}
