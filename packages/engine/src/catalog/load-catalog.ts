import type { Clock } from '@meltano/foundation/clock';
import type { Log } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { Connector } from '@meltano/sdk/connector';
import type { Catalog } from '@meltano/singer/catalog';
import { openInvocation } from '../invoke/open-invocation.ts';
import { openWatchdog } from '../invoke/watchdog.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { catalogError } from './errors.ts';
import { nativeCatalog } from './native-catalog.ts';
import { prepareCatalog } from './prepare-catalog.ts';

export interface LoadCatalogOptions {
  /** Do not use what is cached. */
  readonly refresh?: boolean;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  loadConnector(npmPackage: string, name: string): Promise<Connector>;
}

/** The catalog of an extractor with the project's rules applied, outside of a run: for `select` and `invoke --dump catalog`. */
export async function loadCatalog(
  workspace: Workspace,
  plugin: ResolvedPlugin,
  options: LoadCatalogOptions,
): Promise<Catalog> {
  if (plugin.npmPackage !== undefined && !plugin.pipUrl) return loadNative(workspace, plugin, options);
  const watchdog = openWatchdog();
  const invocation = await openInvocation(workspace, plugin, { watchdog });
  try {
    options.redactor.add(...invocation.prepared.secrets);
    const catalog = await prepareCatalog(invocation, {
      root: workspace.root,
      redact: options.redactor.apply,
      watchdog,
      log: options.log,
      ...(options.refresh === undefined ? {} : { refresh: options.refresh }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    if (catalog !== undefined) return catalog;
    throw catalogError('discovery_unsupported', {
      message: `Extractor '${plugin.name}' does not support catalog discovery (the \`discover\` capability is not advertised)`,
      hint: 'give it a catalog with the extra "catalog", or add the capability if it has it',
      details: { plugin: plugin.name },
    });
  } finally {
    invocation.close();
    await watchdog.close();
  }
}

async function loadNative(
  workspace: Workspace,
  plugin: ResolvedPlugin,
  options: LoadCatalogOptions,
): Promise<Catalog> {
  const prepared = await workspace.preparePlugin(plugin);
  options.redactor.add(...prepared.secrets);
  const connector = await options.loadConnector(plugin.npmPackage ?? '', plugin.definition.name);
  if (connector.kind !== 'tap') {
    throw catalogError('discovery_unsupported', {
      message: `'${plugin.name}' is a ${connector.kind}; only extractors have a catalog`,
      hint: 'name an extractor',
    });
  }
  const context = {
    config: prepared.config,
    log: options.log,
    clock: options.clock,
    signal: options.signal ?? new AbortController().signal,
    hide: options.redactor.add,
  };
  const { root, systemDir } = workspace;
  return nativeCatalog(connector, context, prepared, { root, systemDir, log: options.log });
}
