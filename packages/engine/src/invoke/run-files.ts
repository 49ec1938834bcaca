import { chmodSync, copyFileSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { uuidV7 } from '@meltano/foundation/ids';
import type { PluginType } from '@meltano/project/plugin/plugin-type';
import { makeFolder } from '../make-folder.ts';

/** The files of one invocation of a Singer plugin; absolute paths. Source: meltano-runtime §2.1. */
export interface RunFiles {
  readonly folder: string;
  readonly config: string;
  readonly sdkLogging: string;
  readonly pipelinewiseLogging: string;
  /** What the tap is given. */
  readonly catalog: string;
  readonly state: string;
  /** Where the latest catalog, its cache key and the latest state stay for others to read. */
  readonly sharedCatalog: string;
  readonly cacheKey: string;
  readonly sharedState: string;
}

const prefixes: Partial<Record<PluginType, string>> = {
  extractors: 'tap',
  loaders: 'target',
  mappers: 'mapper',
};

export function isSingerType(type: PluginType): boolean {
  return prefixes[type] !== undefined;
}

/**
 * With `ownFolder` the folder belongs to this run alone. Otherwise runs of one plugin share it, and what the
 * tap reads gets a name of its own: two runs at once cannot overwrite each other's catalog or state.
 */
export function runFiles(type: PluginType, folder: string, ownFolder: boolean): RunFiles {
  const prefix = prefixes[type] ?? 'plugin';
  const id = uuidV7();
  const mine = (name: string) => join(folder, name);
  return {
    folder,
    config: mine(`${prefix}.${id}.config.json`),
    sdkLogging: mine(`${prefix}.singer_sdk_logging.json`),
    pipelinewiseLogging: mine(`${prefix}.pipelinewise_logging.conf`),
    catalog: mine(ownFolder ? 'tap.properties.json' : `tap.${id}.properties.json`),
    state: mine(ownFolder ? 'state.json' : `state.${id}.json`),
    sharedCatalog: mine('tap.properties.json'),
    cacheKey: mine('tap.properties.cache_key'),
    sharedState: mine('state.json'),
  };
}

/** Creates the folder and removes config files that a run before the last start of this machine left behind. */
export function openRunFolder(folder: string): void {
  makeFolder(folder);
  const bootedAt = Date.now() - uptime() * 1000;
  for (const name of readdirSync(folder)) {
    const madeAt = timeOf(name);
    if (madeAt !== undefined && madeAt < bootedAt) rmSync(join(folder, name), { force: true });
  }
}

/** Files named after a UUID of version 7 tell when they were made. */
function timeOf(name: string): number | undefined {
  const match =
    /\.([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\.(?:config\.|properties\.)?json$/.exec(
      name,
    );
  return match === null ? undefined : Number.parseInt(`${match[1]}${match[2]}`, 16);
}

/** A reader sees the old content or the new, never a part. */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o644): void {
  const temporary = `${path}.${uuidV7()}.tmp`;
  try {
    writeFileSync(temporary, content, { mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Secrets stand in it: readable for its owner only, from the first byte on. */
export function writePrivateFile(path: string, content: string): void {
  writeFileSync(path, content, { mode: 0o600, flag: 'w' });
  chmodSync(path, 0o600);
}

/** A file that the project keeps for a plugin stands in for the one that would be made (meltano-runtime §2.1). */
export function copyStaticFiles(files: RunFiles, staticFolder: string): void {
  const names: readonly (readonly [name: string, to: string])[] = [
    ['tap.properties.json', files.sharedCatalog],
    ['tap.properties.cache_key', files.cacheKey],
    ['state.json', files.sharedState],
  ];
  for (const [name, to] of names) {
    const from = join(staticFolder, name);
    if (existsSync(from)) copyFileSync(from, to);
  }
}
