import type { Log } from '@meltano/foundation/log';
import type { PluginDefinition } from '@meltano/project/plugin/definition';
import {
  type DefinitionRequest,
  definitionKey,
  requiredDefinition,
} from '@meltano/project/plugin/resolve-plugin';
import type { WrittenPlugin } from '@meltano/project/plugin/written-plugin';
import type { Project } from '@meltano/project/project';
import type { DefinitionSource } from './definition-source.ts';
import { loadLockedDefinition, saveLockFile } from './lock-files.ts';
import { errorCode } from './project-files.ts';

/** The definitions that the plugins of one project rest on, looked up once each. */
export interface Definitions {
  /** Makes sure that the definition which a plugin needs is known, if it can be found anywhere. */
  prepare(plugin: WrittenPlugin): Promise<void>;
  /** Answers from what was prepared, else from a lock file. */
  find(request: DefinitionRequest): PluginDefinition | undefined;
}

export interface DefinitionsOptions {
  readonly root: string;
  readonly project: Project;
  readonly source: DefinitionSource;
  readonly readOnly: boolean;
  readonly log: Log;
}

export function createDefinitions(options: DefinitionsOptions): Definitions {
  const known = new Map<string, PluginDefinition | undefined>();
  const pending = new Map<string, Promise<void>>();
  const load = async (request: DefinitionRequest): Promise<void> => {
    const definition =
      loadLockedDefinition(options.root, request) ?? (await fetchDefinition(options, request));
    known.set(definitionKey(request), definition);
  };
  return {
    prepare(plugin) {
      const request = requiredDefinition(plugin, options.project);
      if (request === undefined) return Promise.resolve();
      const key = definitionKey(request);
      const loading = pending.get(key) ?? load(request);
      pending.set(key, loading);
      return loading;
    },
    find(request) {
      const key = definitionKey(request);
      if (!known.has(key)) known.set(key, loadLockedDefinition(options.root, request));
      return known.get(key);
    },
  };
}

/** What had to be fetched is locked, so that the next command needs no Hub. */
async function fetchDefinition(
  { root, source, readOnly, log }: DefinitionsOptions,
  { type, name, variant }: DefinitionRequest,
): Promise<PluginDefinition | undefined> {
  const definition = await source.find(type, name, variant);
  if (definition === undefined || readOnly) return definition;
  try {
    saveLockFile(root, definition);
  } catch (error) {
    log.log('warning', `The lock file of '${name}' cannot be written`, { reason: errorCode(error) });
  }
  return definition;
}
