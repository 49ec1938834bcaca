import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { JsonValue } from '@meltano/foundation/json';
import { stringifyPythonJson } from '@meltano/foundation/json';
import type { ResolvedPlugin } from '@meltano/project/plugin/resolved-plugin';
import type { Catalog } from '@meltano/singer/catalog';
import { writeFileAtomically } from '../invoke/run-files.ts';
import { makeFolder } from '../make-folder.ts';
import { isNative } from '../run/native.ts';
import { parseCatalog } from './parse-catalog.ts';

export interface KnownCatalogPlace {
  readonly root: string;
  readonly systemDir: string;
}

/** What a native tap was last found to have; the next run asks it anew. */
function keptFile(systemDir: string, plugin: Pick<ResolvedPlugin, 'name'>): string {
  return join(systemDir, 'run', plugin.name, 'discovered.json');
}

/** Keeps a discovered catalog for those who only look. Best effort: a project that cannot be written still runs. */
export function keepCatalog(systemDir: string, plugin: Pick<ResolvedPlugin, 'name'>, catalog: Catalog): void {
  const file = keptFile(systemDir, plugin);
  try {
    makeFolder(dirname(file));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a catalog is JSON
    writeFileAtomically(file, `${stringifyPythonJson(catalog as unknown as JsonValue)}\n`);
  } catch {
    // Nobody needs it.
  }
}

/**
 * The catalog of an extractor as far as it is known without starting it: the one that the project names, else
 * the one that was found last. Undefined when there is none. Throws when it cannot be read.
 */
export function knownCatalog(
  { root, systemDir }: KnownCatalogPlace,
  plugin: ResolvedPlugin,
  custom: JsonValue | undefined,
): Catalog | undefined {
  const found = isNative(plugin)
    ? keptFile(systemDir, plugin)
    : join(systemDir, 'run', plugin.name, 'tap.properties.json');
  const file = typeof custom === 'string' && custom !== '' ? resolve(root, custom) : found;
  return existsSync(file) ? parseCatalog(readFileSync(file, 'utf8'), plugin.name) : undefined;
}
