import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadLockedDefinition, saveLockFile } from '@meltano/engine/workspace/lock-files';
import { lockFilePath } from '@meltano/project/plugin/lock-file';
import { pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import type { WrittenPlugin } from '@meltano/project/plugin/written-plugin';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import type { Session } from '../session.ts';
import { givenPluginType } from './given-plugin-type.ts';

interface LockOptions {
  readonly pluginType?: string;
  readonly update?: boolean;
  readonly databaseUri?: string;
}

/** `meltano lock`. */
export async function lockNamed(host: Host, names: readonly string[], options: LockOptions): Promise<void> {
  const session = await host.open({ command: 'lock', environment: 'never', ...options });
  const type = givenPluginType(options.pluginType);
  const plugins = session.workspace.project.plugins.filter(
    (plugin) =>
      (type === undefined || plugin.type === type) && (names.length === 0 || names.includes(plugin.name)),
  );
  if (plugins.length === 0)
    throw cliError('no_plugin', { message: 'No matching plugin(s) found', hint: 'meltano plugin list' });
  session.log.log('info', `Locking ${plugins.length} plugin(s)...`);
  for (const plugin of plugins) await lockOne(session, plugin, options.update ?? false);
}

async function lockOne(session: Session, plugin: WrittenPlugin, update: boolean): Promise<void> {
  const { descriptor } = pluginTypeWords[plugin.type];
  const label = `${descriptor} ${plugin.name}`;
  const title = label.charAt(0).toUpperCase() + label.slice(1);
  if (plugin.inheritFrom !== undefined && plugin.inheritFrom !== plugin.name) {
    session.log.log('warning', `${title} is an inherited plugin`);
    return;
  }
  if (plugin.namespace !== undefined) {
    session.log.log('warning', `${title} is a custom plugin`);
    return;
  }
  const hub = await session.engine.hub();
  // Another variant beside the one that is in use would leave open which of them is meant.
  const variant = plugin.variant ?? loadLockedDefinition(session.workspace.root, plugin)?.variant;
  const definition = await hub.find(plugin.type, plugin.name, variant, { prefer: 'hub' });
  const path = lockFilePath(definition.type, definition.name, definition.variant);
  if (existsSync(join(session.workspace.root, path)) && !update) {
    session.log.log('error', `Lockfile exists for ${label} at ${path}`);
    return;
  }
  saveLockFile(session.workspace.root, definition);
  session.log.log('info', `Locked definition for ${label}`);
}
