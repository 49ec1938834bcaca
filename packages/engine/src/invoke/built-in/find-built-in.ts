import type { PluginType } from '@meltano/project/plugin/plugin-type';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import { airflow } from './airflow.ts';
import type { BuiltInPlugin } from './built-in-plugin.ts';
import { superset } from './superset.ts';

/** The names are Meltano's own; all other plugins are alike within their type. */
const builtIns: Readonly<Partial<Record<PluginType, Readonly<Record<string, BuiltInPlugin>>>>> = {
  orchestrators: { airflow },
  utilities: { superset },
};

/** By the name of its definition: what inherits from such a plugin is one, too. */
export function findBuiltIn({ type, definition }: ResolvedPlugin): BuiltInPlugin | undefined {
  const ofType = builtIns[type] ?? {};
  return Object.hasOwn(ofType, definition.name) ? ofType[definition.name] : undefined;
}
