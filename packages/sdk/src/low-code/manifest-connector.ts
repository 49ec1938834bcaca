import { basename, dirname } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import { defineConfig } from '../config/config.ts';
import { type Setting, setting } from '../config/setting.ts';
import type { Tap } from '../connector.ts';
import type { Manifest } from './manifest.ts';
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

const secret = /token|secret|passw(?:or)?d|passphrase|key/i;

/** The settings that templates name. */
function settingsOf(manifest: Manifest): Readonly<Record<string, Setting<unknown>>> {
  const settings: Record<string, Setting<unknown>> = {
    start_date: setting.date({ label: 'Start date', description: 'Where incremental streams begin.' }),
    leave_out_unsupported: setting.boolean({
      label: 'Leave out what is not supported',
      description: 'Of a manifest of Airbyte, read the streams that can be taken whole.',
      default: false,
    }),
  };
  for (const { name, isObject } of namedSettings(manifest)) {
    if (Object.hasOwn(settings, name)) continue;
    const facts = { label: name, description: `config.${name} of the manifest.` };
    settings[name] = isObject
      ? setting.object(facts)
      : secret.test(name)
        ? setting.secret(facts)
        : setting.string(facts);
  }
  return settings;
}

interface NamedSetting {
  readonly name: string;
  /** Members of it are named, too. */
  readonly isObject: boolean;
}

/** A list is cast like what it is given as, so that only texts and objects are told apart. */
function namedSettings(manifest: Manifest): readonly NamedSetting[] {
  const { partitions: _, ...defaults } = manifest.defaults ?? {};
  const streams = Object.values(manifest.streams).map(({ partitions: __, ...stream }) => stream);
  const text = JSON.stringify([manifest.api, defaults, streams] as unknown as JsonObject);
  const used =
    /\bconfig(?:\.get\((?:\\"|')(\w+)(?:\\"|')|\.(?!get\b)(\w+)|\[(?:\\"|')(\w+)(?:\\"|')\])(\.\w+(?!\w*\()|\[)?/g;
  const found = new Map<string, boolean>();
  for (const [, given, dotted, quoted, deeper] of text.matchAll(used)) {
    const name = given ?? dotted ?? quoted ?? '';
    found.set(name, (found.get(name) ?? false) || deeper !== undefined);
  }
  return [...found].map(([name, isObject]) => ({ name, isObject }));
}
