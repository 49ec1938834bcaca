import { type PluginType, parsePluginType, pluginTypes } from '@meltano/project/plugin/plugin-type';
import { cliError } from '../errors.ts';

/** What `--plugin-type` says, singular or plural. */
export function givenPluginType(text: string | undefined): PluginType | undefined {
  if (text === undefined) return undefined;
  const type = parsePluginType(text.replaceAll('_', '-'));
  if (type !== undefined) return type;
  throw cliError('usage', {
    message: `Invalid value for '--plugin-type': '${text}' is not one of ${pluginTypes.join(', ')}`,
    hint: 'singular and plural are both fine',
  });
}
