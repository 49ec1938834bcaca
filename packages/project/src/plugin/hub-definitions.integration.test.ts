import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonObject, parseJson } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { parseProjectFile } from '../document/parse-project-file.ts';
import { parseProject } from '../parse-project.ts';
import { preparePlugin } from '../settings/prepare-plugin.ts';
import { parseDefinition } from './definition.ts';
import { renderLockFile } from './lock-file.ts';
import { type PluginType, pluginTypes } from './plugin-type.ts';
import { resolvePlugin } from './resolve-plugin.ts';

/** A folder with `<type>.jsonl`: all definitions of the public Hub, `{plugin, variant, definition}` a line. */
const folder = process.env['MELTANO_HUB_FACTS'] ?? '';
const reason = 'MELTANO_HUB_FACTS names no folder with the definitions of the Hub';

/**
 * SHA-256 of the lock files that Meltano 4.4.1 writes for these definitions, one after the other in the order
 * of the files. `cratedb` is left out: a member of it has numbers for keys, whose order is not kept here.
 */
const lockFiles: Readonly<Record<PluginType, string>> = {
  extractors: 'ecbc401a33dfcc1a237e3bc002891dc8285e7b869c01132daf5bccaa85fdf327',
  loaders: '4968e0577677fbb51f013faa642b81153e91d3570abf1a12e8c4e99f2181dee5',
  transforms: '06f1042bc4471cd98b37a1baeca2110df6613bec3060783b558dc126da20352c',
  orchestrators: 'ae13eacb1edb609ac75c4f57494776554f1a9ec9ec02142b1978ed5ddafbf887',
  transformers: 'e664e05cf957e9756deccb9c92a45a04d37f94e440873234791359ed77b631fe',
  files: 'f3e33be302f342129e247c2e100329411a93937f1d3a6847f9187beb02cc26ae',
  utilities: '0e333941855585db70e8300b67827ad122fae7d63d0a75d11bd29415022f2b7f',
  mappers: '4a8f2578bda1427b51021d5daed193b095b3b3e91bf1201e5efe79e22b8646d3',
};

const context = {
  environment: undefined,
  processEnv: {},
  dotenv: {},
  projectVariables: {},
  projectSettings: {},
  strict: false,
  now: 0,
};

if (folder === '') process.stderr.write(`SKIPPED: ${reason}\n`);

test.skipIf(folder === '').each(pluginTypes)(
  'every definition of %s of the Hub is read, locked, resolved and prepared',
  (type) => {
    const file = join(folder, `${type}.jsonl`);
    expect(existsSync(file), reason).toBe(true);
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(0);
    const hash = createHash('sha256');
    for (const line of lines) {
      const { definition: written } = parseJson(line) as { readonly definition: JsonObject };
      const definition = parseDefinition(type, written);
      const lock = renderLockFile(definition);
      if (definition.name !== 'cratedb') hash.update(lock);
      // A lock file settles: `kind: oauth` alone becomes sensitive, and text when it is written once more.
      const settled = renderLockFile(parseDefinition(type, parseJson(lock)));
      expect(renderLockFile(parseDefinition(type, parseJson(settled))), line).toBe(settled);
      const project = parseProject([
        parseProjectFile('meltano.yml', `plugins:\n  ${type}:\n  - name: ${definition.name}\n`),
      ]);
      const [entry] = project.plugins;
      const plugin = resolvePlugin(entry!, project, () => definition);
      const prepared = preparePlugin(plugin, { ...context, project });
      expect(Object.keys(prepared.flatConfig).length, line).toBe(
        new Set(plugin.settings.map(({ name }) => name)).size,
      );
    }
    expect(hash.digest('hex')).toBe(lockFiles[type]);
  },
);
