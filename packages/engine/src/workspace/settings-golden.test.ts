import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject, type JsonValue, jsonEquals } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { testProject } from '../../test/support/test-project.ts';

interface Recorded {
  readonly 'meltano.yml': string;
  readonly '.env': string;
  readonly env: Readonly<Record<string, string>>;
  readonly environment: string | null;
  readonly answers: Readonly<Record<string, JsonObject>>;
}

/** Recorded from Meltano 4.4.1 by `record_settings.py` beside it. */
const golden = new URL('../../test/golden/settings.json', import.meta.url);
const recorded = JSON.parse(readFileSync(golden, 'utf8')) as readonly Recorded[];

async function answersOf(record: Recorded, name: string): Promise<JsonObject> {
  using project = testProject({ 'meltano.yml': record['meltano.yml'], '.env': record['.env'] });
  const workspace = await project.open({ processEnv: record.env, environment: record.environment });
  const plugin = await workspace.findPlugin(name);
  const { config, flatConfig, extras, exported } = await workspace.preparePlugin(plugin);
  const resolved = await workspace.pluginSettings(plugin);
  const stores = [...resolved.settings, ...resolved.extras].map(({ definition, origin }) => [
    definition.name,
    origin?.store ?? 'default',
  ]);
  const settings = Object.entries(exported).filter(
    ([variable]) => !variable.startsWith('MELTANO_EXTRACTOR_'),
  );
  return {
    config,
    flatConfig,
    extras,
    exported: Object.fromEntries(settings),
    stores: Object.fromEntries(stores),
  };
}

/** The members in which two answers differ, for a message that can be read. */
function differences(ours: JsonValue, theirs: JsonValue): JsonValue {
  if (jsonEquals(ours, theirs)) return {};
  if (!isJsonObject(ours) || !isJsonObject(theirs)) return { ours, theirs };
  const keys = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])];
  const different = keys.filter((key) => !jsonEquals(ours[key] ?? null, theirs[key] ?? null));
  return Object.fromEntries(
    different.map((key) => [key, differences(ours[key] ?? null, theirs[key] ?? null)]),
  );
}

test.each(recorded.map((record, index) => [index, record] as const))(
  'project %i is resolved as Meltano resolves it',
  async (_index, record) => {
    for (const [name, theirs] of Object.entries(record.answers)) {
      expect(differences(await answersOf(record, name), theirs), `${name}\n${record['meltano.yml']}`).toEqual(
        {},
      );
    }
  },
);
