import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Log } from '@meltano/foundation/log';
import type { ConnectorContext, Tap } from '@meltano/sdk/connector';
import type { Catalog } from '@meltano/singer/catalog';
import { applyCatalogRules } from '@meltano/singer/catalog-rules';
import { adviseSettings } from '../advise-settings.ts';
import type { PreparedPlugin } from '../workspace/workspace.ts';
import { customCatalog, type DiscoveryStep, missingCatalog, reportDiscovery } from './custom-catalog.ts';
import { keepCatalog } from './known-catalog.ts';
import { parseCatalog } from './parse-catalog.ts';
import { catalogRules } from './prepare-catalog.ts';

export interface NativeCatalogOptions {
  readonly root: string;
  /** What is found is kept here, for those who only look. */
  readonly systemDir: string;
  readonly log: Log;
  /** Without it the steps are written to the log. */
  onDiscovery?(step: DiscoveryStep): void;
}

/**
 * The catalog of a native tap with the project's rules applied. It is asked every time: discovery in this
 * process costs little, and nothing can be stale.
 */
export async function nativeCatalog(
  tap: Tap,
  context: ConnectorContext,
  prepared: PreparedPlugin,
  options: NativeCatalogOptions,
): Promise<Catalog> {
  const custom = customCatalog(prepared.extras);
  const catalog =
    custom === undefined
      ? await discover(tap, context, prepared, options)
      : readCustom(custom, prepared, options);
  const selected = applyCatalogRules(catalog, catalogRules(prepared.extras), {
    filterOnly: custom !== undefined,
  });
  for (const warning of selected.warnings) options.log.log('warning', warning);
  return selected.catalog;
}

async function discover(
  tap: Tap,
  context: ConnectorContext,
  { plugin }: PreparedPlugin,
  options: NativeCatalogOptions,
): Promise<Catalog> {
  reportDiscovery({ kind: 'started' }, options);
  const catalog = await discoverWith(tap, context, plugin.name);
  reportDiscovery({ kind: 'finished', catalog, cached: false }, options);
  keepCatalog(options.systemDir, plugin, catalog);
  return catalog;
}

async function discoverWith(tap: Tap, context: ConnectorContext, plugin: string): Promise<Catalog> {
  try {
    return await tap.discover(context);
  } catch (error) {
    throw adviseSettings(error, plugin);
  }
}

function readCustom(
  custom: string,
  { plugin }: PreparedPlugin,
  { root, log }: NativeCatalogOptions,
): Catalog {
  const path = resolve(root, custom);
  if (!existsSync(path)) throw missingCatalog(path);
  log.log('info', `Using custom catalog in ${custom}`);
  return parseCatalog(readFileSync(path, 'utf8'), plugin.name, custom);
}
