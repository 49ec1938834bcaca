import type { Log } from '@meltano/foundation/log';
import type { Redactor } from '@meltano/foundation/redact';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { Catalog } from '@meltano/singer/catalog';
import { catalogError } from './catalog/errors.ts';
import { nativeCatalog } from './catalog/native-catalog.ts';
import { catalogRules, prepareCatalog } from './catalog/prepare-catalog.ts';
import { openInvocation } from './invoke/open-invocation.ts';
import { isNative } from './run/native.ts';
import type { RunDependencies } from './run/run-dependencies.ts';
import { systemClock } from './system/system-clock.ts';
import type { PreparedPlugin, Workspace } from './workspace/workspace.ts';

export interface DiscoverRequest extends Pick<RunDependencies, 'loadConnector' | 'launchNative'> {
  readonly workspace: Workspace;
  readonly extractor: ResolvedPlugin;
  /** Ignore a cached catalog. */
  readonly refresh: boolean;
  readonly log: Log;
  readonly redactor: Redactor;
}

export interface DiscoveredCatalog {
  /** With the project's rules applied. */
  readonly catalog: Catalog;
  /** The selection patterns in force. */
  readonly patterns: readonly string[];
}

/** The catalog of an extractor as a run would use it, without running. */
export async function discoverCatalog(request: DiscoverRequest): Promise<DiscoveredCatalog> {
  const { extractor } = request;
  const { catalog, prepared } = isNative(extractor)
    ? await discoverNative(request)
    : await discoverProcess(request);
  if (catalog === undefined) {
    throw catalogError('discovery_failed', {
      message: `Cannot list the selected attributes: extractor '${extractor.name}' offers no catalog`,
      hint: 'its definition needs the capabilities "discover" and "catalog" (or "properties")',
    });
  }
  return { catalog, patterns: catalogRules(prepared.extras).select };
}

interface Discovery {
  readonly catalog: Catalog | undefined;
  readonly prepared: PreparedPlugin;
}

async function discoverProcess(request: DiscoverRequest): Promise<Discovery> {
  const { workspace, extractor, refresh, log, redactor, launchNative } = request;
  const invocation = await openInvocation(
    workspace,
    extractor,
    launchNative === undefined ? {} : { launchNative },
  );
  redactor.add(...invocation.prepared.secrets);
  try {
    const catalog = await prepareCatalog(invocation, {
      root: workspace.root,
      refresh,
      log,
      redact: redactor.apply,
    });
    return { catalog, prepared: invocation.prepared };
  } finally {
    invocation.close();
  }
}

async function discoverNative(request: DiscoverRequest): Promise<Discovery> {
  const { workspace, extractor, log, redactor } = request;
  const prepared = await workspace.preparePlugin(extractor);
  redactor.add(...prepared.secrets);
  const tap = await request.loadConnector(extractor.npmPackage ?? '', extractor.definition.name);
  if (tap.kind !== 'tap') return { catalog: undefined, prepared };
  const { signal } = new AbortController();
  const context = { config: prepared.config, log, clock: systemClock, signal };
  return { catalog: await nativeCatalog(tap, context, prepared, { root: workspace.root, log }), prepared };
}
