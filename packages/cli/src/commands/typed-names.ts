import { type PluginType, parsePluginType } from '@meltano/project/plugin/plugin-type';
import type { Session } from '../session.ts';
import { givenPluginType } from './given-plugin-type.ts';

/** The names of a command line, and their type where it says so. */
export interface TypedNames {
  readonly given: PluginType | undefined;
  readonly names: readonly string[];
}

/**
 * A first word that is a plugin type and no plugin says of what type the others are, as it once did in Meltano and
 * still does in many guides: `meltano add extractor tap-x`. `what` completes the warning: `is added`.
 */
export function readTypedNames(
  { workspace, log }: Session,
  words: readonly string[],
  { pluginType, what }: { readonly pluginType: string | undefined; readonly what: string },
): TypedNames {
  const given = givenPluginType(pluginType);
  const [first = '', ...names] = words;
  const type = parsePluginType(first);
  const isName = workspace.project.plugins.some((plugin) => plugin.name === first);
  if (given !== undefined || type === undefined || isName || names.length === 0)
    return { given, names: words };
  log.log('warning', `'${first}' is taken for the type of what ${what}: write --plugin-type=${first}`);
  return { given: type, names };
}
