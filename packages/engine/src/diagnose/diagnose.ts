import type { Engine } from '../engine.ts';
import { diagnoseMachine } from './diagnose-machine.ts';
import { diagnoseInstallations, diagnoseLocks } from './diagnose-plugins.ts';
import { diagnoseProject } from './diagnose-project.ts';
import { diagnoseSettings } from './diagnose-settings.ts';
import { diagnoseStores } from './diagnose-stores.ts';
import type { Finding } from './finding.ts';

/** Looks at everything that a command of the project could stumble over. Nothing of the project is changed. */
export async function diagnose(engine: Engine, version: string): Promise<readonly Finding[]> {
  const { workspace, folders } = engine;
  const known = await diagnoseLocks(workspace);
  const needsPython = known.plugins.some((plugin) => Boolean(plugin.pipUrl));
  return [
    ...(await diagnoseMachine({
      env: workspace.projectEnv,
      cacheFolder: folders.cache,
      version,
      needsPython,
    })),
    ...diagnoseProject(workspace),
    ...known.findings,
    ...(await diagnoseInstallations(engine, known.plugins)),
    ...(await diagnoseSettings(workspace, known.plugins)),
    ...(await diagnoseStores(engine, version)),
  ];
}
