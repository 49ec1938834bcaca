import { systemClock } from '@meltano/engine/system/system-clock';
import { testPlugin } from '@meltano/engine/test-plugin';
import { pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import { autoInstall } from './auto-install.ts';
import { givenPluginType } from './given-plugin-type.ts';
import type { InstallChoice } from './options.ts';

interface TestOptions extends InstallChoice {
  readonly pluginType?: string;
  readonly databaseUri?: string;
}

/** `meltano config test`. */
export async function testConfig(host: Host, name: string, options: TestOptions): Promise<void> {
  const session = await host.open({ command: 'config', environment: 'explicit', ...options });
  if (name === 'meltano' && (await session.workspace.lookUpPlugin(name)) === undefined) {
    throw cliError('untestable', {
      message: 'Testing of the Meltano project configuration is not supported',
      hint: 'name a plugin',
    });
  }
  const plugin = await session.workspace.findPlugin(name, givenPluginType(options.pluginType));
  if (plugin.type !== 'extractors' && plugin.type !== 'loaders') {
    throw cliError('untestable', {
      message: `Testing of ${pluginTypeWords[plugin.type].descriptor} '${name}' is not supported`,
      hint: 'extractors and loaders can be tested',
    });
  }
  if (!(await autoInstall(session, [plugin], options))) return;
  const { engine, workspace, log, redactor } = session;
  const result = await testPlugin({
    ...engine.dependencies(),
    workspace,
    plugin,
    log,
    redactor,
    clock: systemClock,
  });
  if (!result.valid) {
    throw cliError('invalid_config', {
      message: `Plugin configuration is invalid\n${result.detail}`,
      hint: result.hint ?? `meltano config list ${name}`,
    });
  }
  session.print(session.outStyle.green('Plugin configuration is valid'));
}
