import { expect, test } from 'vitest';
import { batchSettings } from '../batch/batch-settings.ts';
import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import { settingDefinitions } from '../config/setting-definitions.ts';
import { mapConfig } from '../mapper/map-settings.ts';
import { defineTap } from '../tap/define-tap.ts';
import { hubDefinition } from './hub-definition.ts';

test('a definition is all that a connector says about itself, without anything of Python', () => {
  const tap = defineTap({
    name: 'tap-my-source',
    label: 'My Source',
    description: 'Reads my source',
    version: '1.2.3',
    settingsGroups: [['token']],
    definition: { keywords: ['api'] },
    config: defineConfig({ token: setting.secret({ label: 'Token', description: 'The token' }) }),
    streams: () => [],
  });
  expect(hubDefinition(tap, { npmPackage: '@acme/tap-my-source', repo: 'https://example.com/repo' })).toEqual(
    {
      plugin_type: 'extractors',
      name: 'tap-my-source',
      namespace: 'tap_my_source',
      variant: 'native',
      label: 'My Source',
      description: 'Reads my source',
      repo: 'https://example.com/repo',
      npm_package: '@acme/tap-my-source',
      executable: 'tap-my-source',
      capabilities: ['about', 'batch', 'catalog', 'discover', 'schema-flattening', 'state', 'stream-maps'],
      maintenance_status: 'active',
      keywords: ['api'],
      settings_group_validation: [['token']],
      settings: [
        { name: 'token', label: 'Token', kind: 'password', description: 'The token', sensitive: true },
        ...settingDefinitions(defineConfig(batchSettings)),
        ...settingDefinitions(mapConfig),
      ],
    },
  );
});
