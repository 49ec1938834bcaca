import { basename, dirname } from 'node:path';
import { defineConfig } from '../config/config.ts';
import type { Tap } from '../connector.ts';
import { settingsOf } from './manifest-settings.ts';
import { defineManifestTap } from './manifest-tap.ts';
import { readManifest } from './read-manifest.ts';

/**
 * The tap of a manifest's file, as `meltano-sdk` runs it: named by the manifest, or after its file. Its settings are
 * those that templates name. What of a manifest of Airbyte cannot be taken is told when it is read with settings.
 */
export async function manifestConnector(path: string, shownAs: string): Promise<Tap> {
  const manifest = await readManifest(path, { partial: true, shownAs });
  const name = nameOf(manifest.name ?? basename(path).replace(/\.[^.]*$/, ''));
  return defineManifestTap({
    name,
    label: name.replace(/^tap-/, ''),
    description: `Reads what ${basename(path)} describes`,
    version: '0.1.0',
    // Partitions may be settings that are not listed.
    takesFurther: () => true,
    config: defineConfig(settingsOf(manifest)),
    manifest: async (config) => ({
      manifest: await readManifest(path, { partial: config['leave_out_unsupported'] === true, shownAs }),
      folder: dirname(path),
    }),
  });
}

function nameOf(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name.startsWith('tap-') ? name : `tap-${name || 'manifest'}`;
}
