import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorMessage, isAppError } from '@meltano/foundation/errors';
import { isJsonObject, type JsonObject, type JsonValue, stringifyPythonJson } from '@meltano/foundation/json';
import type { Log } from '@meltano/foundation/log';
import type { Catalog } from '@meltano/singer/catalog';
import { applyCatalogRules, type CatalogRules } from '@meltano/singer/catalog-rules';
import type { Invocation } from '../invoke/open-invocation.ts';
import { type RunFiles, writeFileAtomically } from '../invoke/run-files.ts';
import { catalogCacheKey } from './cache-key.ts';
import { customCatalog, type DiscoveryStep, missingCatalog, reportDiscovery } from './custom-catalog.ts';
import { type DiscoverOptions, discoverToFile } from './discover.ts';
import { catalogError } from './errors.ts';
import { parseCatalog } from './parse-catalog.ts';

export interface CatalogOptions extends DiscoverOptions {
  /** The project's root: custom catalogs are named relative to it. */
  readonly root: string;
  /** `--refresh-catalog` or a full refresh: do not use what is cached. */
  readonly refresh?: boolean;
  /** Without it the steps are written to the log. */
  onDiscovery?(step: DiscoveryStep): void;
}

/**
 * Brings the catalog of an external tap to the file that it is started with: a custom one, the cached one, or
 * one discovered now, with the project's rules applied. Undefined when the tap can neither discover nor be
 * given a catalog. Source: meltano-runtime §2.7, §2.8.
 */
export async function prepareCatalog(
  invocation: Invocation,
  options: CatalogOptions,
): Promise<Catalog | undefined> {
  const { plugin, prepared, files } = invocation;
  if (files === undefined) return undefined;
  const custom = await acquireCatalog(invocation, files, options);
  const takesCatalog = ['catalog', 'properties'].some((name) => plugin.capabilities.includes(name));
  if (!takesCatalog) return existsSync(files.catalog) ? readCatalog(files.catalog, plugin.name) : undefined;
  if (!existsSync(files.catalog)) {
    throw catalogError('rules_failed', {
      message: `Applying catalog rules failed: catalog file is missing`,
      hint: `give '${plugin.name}' a "catalog" file, or the capability "discover"`,
      details: { plugin: plugin.name },
    });
  }
  const catalog = applyRules(files, plugin.name, prepared.extras, custom, options.log);
  const key = catalogCacheKey(prepared);
  publish(files, key);
  return catalog;
}

/** Answers true when the catalog was made by hand. */
async function acquireCatalog(
  invocation: Invocation,
  files: RunFiles,
  options: CatalogOptions,
): Promise<boolean> {
  const { plugin, prepared } = invocation;
  const custom = customCatalog(prepared.extras);
  if (custom !== undefined) {
    copyCustom(resolve(options.root, custom), files.catalog, (text) =>
      parseCatalog(text, plugin.name, custom),
    );
    options.log.log('info', `Using custom catalog in ${custom}`);
    return true;
  }
  if (!plugin.capabilities.includes('discover')) {
    if (files.catalog !== files.sharedCatalog && existsSync(files.sharedCatalog)) {
      copyFileSync(files.sharedCatalog, files.catalog);
    }
    return false;
  }
  if (mayUseCache(invocation, files, options)) {
    if (files.catalog !== files.sharedCatalog) copyFileSync(files.sharedCatalog, files.catalog);
    reportDiscovery(
      { kind: 'finished', catalog: readCatalog(files.catalog, plugin.name), cached: true },
      options,
    );
    return false;
  }
  rmSync(files.cacheKey, { force: true });
  reportDiscovery({ kind: 'started' }, options);
  await discoverToFile(invocation, files.catalog, options);
  reportDiscovery(
    { kind: 'finished', catalog: readCatalog(files.catalog, plugin.name), cached: false },
    options,
  );
  return false;
}

function copyCustom(from: string, to: string, assertValid: (text: string) => void): void {
  if (!existsSync(from)) throw missingCatalog(from);
  assertValid(readFileSync(from, 'utf8'));
  copyFileSync(from, to);
}

function mayUseCache({ prepared }: Invocation, files: RunFiles, options: CatalogOptions): boolean {
  const key = catalogCacheKey(prepared);
  if (key === undefined || options.refresh || prepared.extras['_use_cached_catalog'] === false) return false;
  if (!existsSync(files.sharedCatalog) || !existsSync(files.cacheKey)) return false;
  return readFileSync(files.cacheKey, 'utf8') === key;
}

/** A file that is no catalog is removed: the next run must not find it. */
function readCatalog(path: string, plugin: string): Catalog {
  try {
    return parseCatalog(readFileSync(path, 'utf8'), plugin);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

function applyRules(
  files: RunFiles,
  plugin: string,
  extras: JsonObject,
  filterOnly: boolean,
  log: Log,
): Catalog {
  const read = readCatalog(files.catalog, plugin);
  try {
    const { catalog, warnings } = applyCatalogRules(read, catalogRules(extras), { filterOnly });
    for (const warning of warnings) log.log('warning', warning);
    writeFileAtomically(files.catalog, stringifyPythonJson(catalog as unknown as JsonValue, { indent: 2 }));
    return catalog;
  } catch (cause) {
    rmSync(files.catalog, { force: true });
    if (isAppError(cause) && cause.category === 'invalid') throw cause;
    throw catalogError('rules_failed', {
      message: `Applying catalog rules failed: catalog file is invalid: ${errorMessage(cause)}`,
      hint: `meltano invoke ${plugin} --discover`,
      details: { plugin },
      cause,
    });
  }
}

/** The project's rules, from the extras of an extractor. */
export function catalogRules(extras: JsonObject): CatalogRules {
  const object = (name: string): JsonObject => {
    const value = extras[name];
    return isJsonObject(value) ? value : {};
  };
  const texts = (name: string): readonly string[] => {
    const value = extras[name];
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
  };
  return {
    select: texts('_select'),
    metadata: object('_metadata'),
    schema: object('_schema'),
    selectFilter: texts('_select_filter'),
  };
}

/** Others, Meltano among them, read the catalog and its key from the shared place. */
function publish(files: RunFiles, key: string | undefined): void {
  rmSync(files.cacheKey, { force: true });
  if (files.catalog !== files.sharedCatalog)
    writeFileAtomically(files.sharedCatalog, readFileSync(files.catalog));
  if (key !== undefined) writeFileAtomically(files.cacheKey, key);
}
