import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { parseProjectFile } from '../document/parse-project-file.ts';
import { parseProject } from '../parse-project.ts';
import { preparePlugin } from '../settings/prepare-plugin.ts';
import { parseDefinition } from './definition.ts';
import { renderLockFile } from './lock-file.ts';
import { pluginTypes } from './plugin-type.ts';
import { resolvePlugin } from './resolve-plugin.ts';

/** A folder with `<type>.jsonl`: all definitions of the public Hub, `{plugin, variant, definition}` a line. */
const folder = process.env['MELTANO_HUB_FACTS'] ?? '';
const reason = 'MELTANO_HUB_FACTS names no folder with the definitions of the Hub';

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
    for (const line of lines) {
      const { definition: written } = JSON.parse(line) as { definition: JsonObject };
      const definition = parseDefinition(type, written);
      const lock = renderLockFile(definition);
      expect(renderLockFile(parseDefinition(type, JSON.parse(lock) as JsonObject)), line).toBe(lock);
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
  },
);
