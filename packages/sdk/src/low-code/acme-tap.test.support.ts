import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import type { Tap } from '../connector.ts';
import { defineManifestTap } from './manifest-tap.ts';
import { parseManifest } from './read-manifest.ts';

/** A tap of the manifest that a test has as text, with a setting for its start; `folder` is where its files are. */
export function acmeTap(text: string, folder = '/nowhere'): Tap {
  return defineManifestTap({
    name: 'tap-acme',
    label: 'Acme',
    description: 'A test',
    version: '1.0.0',
    config: defineConfig({ start_date: setting.date({ label: 'Start', description: 'Start' }) }),
    manifest: async () => ({ manifest: parseManifest(text, 'acme.yaml'), folder }),
  });
}
