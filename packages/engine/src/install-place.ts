import type { Redactor } from '@meltano/foundation/redact';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { expandText, referencedVariables } from '@meltano/project/settings/expand';
import type { BundledConnectors } from './bundled-connectors.ts';
import type { InstallPlace } from './install/install-plugins.ts';
import type { UserFolders } from './system/user-folders.ts';
import type { Workspace } from './workspace/workspace.ts';

interface InstallPlaceOptions {
  /** Those to install; a file bundle among them may have no entry in the project. */
  readonly plugins: readonly ResolvedPlugin[];
  readonly workspace: Workspace;
  readonly folders: UserFolders;
  readonly redactor: Redactor;
  readonly connectors: BundledConnectors;
}

/** What an installation in a project needs to know of the project. */
export function installPlace({
  plugins,
  workspace,
  folders,
  redactor,
  connectors,
}: InstallPlaceOptions): InstallPlace {
  const python = workspace.projectSetting('python').value;
  return {
    root: workspace.root,
    systemDir: workspace.systemDir,
    logFolder: folders.logs,
    cacheFolder: folders.cache,
    env: workspace.projectEnv,
    backend: workspace.projectSetting('venv.backend').value === 'virtualenv' ? 'virtualenv' : 'uv',
    python: typeof python === 'string' && python !== '' ? python : undefined,
    async expandPipUrl(plugin) {
      const resolved =
        plugins.find((each) => each === plugin) ?? (await workspace.findPlugin(plugin.name, plugin.type));
      const variables = workspace.installVariables(resolved);
      const pipUrl = plugin.pipUrl ?? '';
      const missing = referencedVariables(pipUrl).filter((name) => variables[name] === undefined);
      return { text: expandText(pipUrl, { variables }), missing };
    },
    findNative: (npmPackage) => connectors.find(npmPackage, workspace.root),
    redact: redactor.apply,
  };
}
