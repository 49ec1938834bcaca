import { statSync } from 'node:fs';
import type { PluginCommand } from '@meltano/project/plugin/definition';
import { pluginTypeWords } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { expandText } from '@meltano/project/settings/expand';
import { invokeError } from './errors.ts';
import { isSingerType, type RunFiles } from './run-files.ts';
import { splitWords } from './split-words.ts';

/** The arguments of a plugin started without a named command, and what is worth a warning. Source: meltano-runtime §2.4. */
export function pluginArguments(
  plugin: ResolvedPlugin,
  files: RunFiles | undefined,
  options: { readonly catalog?: boolean; readonly state?: boolean } = {},
): { readonly args: readonly string[]; readonly warnings: readonly string[] } {
  if (files === undefined || !isSingerType(plugin.type)) return { args: [], warnings: [] };
  const args = ['--config', files.config];
  const warnings: string[] = [];
  const can = (capability: string) => plugin.capabilities.includes(capability);
  if (plugin.type !== 'extractors') return { args, warnings };
  if (options.catalog !== false && hasContent(files.catalog)) {
    if (can('catalog')) args.push('--catalog', files.catalog);
    else if (can('properties')) args.push('--properties', files.catalog);
    else warnings.push(ignored('catalog', '`catalog` or `properties`'));
  }
  if (options.state !== false && hasContent(files.state)) {
    if (can('state')) args.push('--state', files.state);
    else warnings.push(ignored('state', '`state`'));
  }
  return { args, warnings };
}

function ignored(file: string, capability: string): string {
  return `A ${file} file was found, but it will be ignored as the extractor does not advertise the ${capability} capability`;
}

function hasContent(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** The named command of a plugin. Throws `invoke.unknown_command` with the names there are. */
export function findCommand(plugin: ResolvedPlugin, name: string): PluginCommand {
  const command = Object.hasOwn(plugin.commands, name) ? plugin.commands[name] : undefined;
  if (command !== undefined) return command;
  const names = Object.keys(plugin.commands);
  const words = pluginTypeWords[plugin.type].descriptor;
  const type = words.charAt(0).toUpperCase() + words.slice(1);
  const rest =
    names.length > 0
      ? `supports the following commands: ${names.join(', ')}`
      : 'does not define any commands';
  throw invokeError('unknown_command', {
    message: `Command '${name}' could not be found. ${type} '${plugin.name}' ${rest}`,
    hint: `meltano invoke --list-commands ${plugin.name}`,
    details: { plugin: plugin.name, command: name, commands: names },
  });
}

/** The words of a named command, variables replaced. A word that becomes empty is an error. */
export function commandArguments(
  name: string,
  command: PluginCommand,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  return splitWords(command.args).map((word) => {
    const expanded = expandText(word, { variables: env });
    if (expanded !== '') return expanded;
    throw invokeError('undefined_variable', {
      message: `Command '${name}' referenced unset environment variable '${word}' in an argument`,
      hint: 'set the environment variable, or remove it from the invocation command',
      details: { command: name, argument: word },
    });
  });
}
