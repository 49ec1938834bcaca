import { findContainerSpec } from '@meltano/engine/invoke/container-spec';
import { assertInvokable, dumpBuiltInConfig, invokePlugin } from '@meltano/engine/run/invoke-plugin';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { isSinger } from '@meltano/project/settings/plugin-config';
import { cliError } from '../errors.ts';
import type { Host } from '../host.ts';
import { wrapText } from '../render/wrap-text.ts';
import type { Session } from '../session.ts';
import { autoInstall } from './auto-install.ts';
import { printCatalog, printConfig } from './dump-action.ts';
import { givenPluginType } from './given-plugin-type.ts';
import type { InstallChoice } from './options.ts';

interface InvokeOptions extends InstallChoice {
  readonly printVar?: readonly string[];
  readonly pluginType?: string;
  readonly dump?: 'catalog' | 'config';
  readonly refreshCatalog?: boolean;
  readonly listCommands?: boolean;
  readonly format: string;
  readonly containers?: boolean;
  readonly databaseUri?: string;
}

/** `meltano invoke`. */
export async function invokeNamed(
  host: Host,
  given: string,
  args: readonly string[],
  options: InvokeOptions,
): Promise<void> {
  const session = await host.open({ command: 'invoke', environment: 'default', ...options });
  const { name, command } = splitCommand(given);
  const plugin = await session.workspace.findPlugin(name, givenPluginType(options.pluginType));
  assertInvokable(plugin);
  if (options.listCommands) return listCommands(session, plugin, options.format);
  const wantsContainer = options.containers === true && options.dump === undefined;
  const inContainer = wantsContainer && findContainerSpec(plugin, command) !== undefined;
  if (wantsContainer && !inContainer)
    session.log.log('info', `'${given}' has no container_spec and runs outside of a container`);
  if (!(await autoInstall(session, [plugin], options))) return;
  if (options.dump !== undefined && !isSinger(plugin)) return dumpOther(session, plugin, options.dump);
  if (options.dump === 'config') return printConfig(session, plugin, {});
  if (options.dump === 'catalog') return printCatalog(session, plugin, {}, options.refreshCatalog ?? false);
  const { engine, workspace, log, redactor } = session;
  host.exitCode = await invokePlugin(workspace, plugin, {
    ...engine.dependencies(),
    command,
    inContainer,
    args,
    refreshCatalog: options.refreshCatalog ?? false,
    log,
    redactor,
    onEnvironment: (env) => {
      for (const variable of options.printVar ?? []) session.print(`${variable}=${env[variable] ?? 'None'}`);
    },
  });
}

/** Of plugins that are no Singer plugins only those have a file that Meltano itself writes one for. */
async function dumpOther(session: Session, plugin: ResolvedPlugin, what: string): Promise<void> {
  const text = what === 'config' ? await dumpBuiltInConfig(session.workspace, plugin, session) : undefined;
  if (text === undefined) throw nothingToDump(plugin, what);
  session.print(text);
}

function nothingToDump({ name }: ResolvedPlugin, what: string) {
  return cliError('nothing_to_dump', {
    message: `Could not find ${what}: '${name}' is no Singer plugin`,
    hint: what === 'config' ? `meltano config print ${name}` : 'name an extractor',
  });
}

/** With more than one colon the whole text is a plugin's name. */
function splitCommand(given: string): { readonly name: string; readonly command: string | undefined } {
  const [name = given, command, ...others] = given.split(':');
  if (others.length > 0) return { name: given, command: undefined };
  return { name, command: command === '' ? undefined : command };
}

function listCommands(session: Session, plugin: ResolvedPlugin, format: string): void {
  const commands = Object.entries(plugin.commands);
  if (format === 'json') {
    const listed = commands.map(([name, { description = null }]) => ({ name, description }));
    session.print(JSON.stringify({ plugin: plugin.name, commands: listed }, null, 2));
    return;
  }
  const rows = commands.map(
    ([name, { description = '' }]) => [`${plugin.name}:${name}`, description] as const,
  );
  const width = Math.max(0, ...rows.map(([name]) => name.length)) + 2;
  for (const [name, description] of rows) {
    const line = `${name.padEnd(width)}${description}`;
    for (const each of wrapText(line, { width: session.outWidth, hang: width })) session.print(each);
  }
  if (rows.length > 0) return;
  session.print(session.outStyle.yellow(`Plugin '${plugin.name}' does not define any commands.`));
}
