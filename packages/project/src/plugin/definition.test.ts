import { type JsonObject, stringifyJson } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { parseProjectFile } from '../document/parse-project-file.ts';
import { parseProject } from '../parse-project.ts';
import { nestedConfig } from '../settings/plugin-config.ts';
import { resolvePluginSettings } from '../settings/plugin-settings.ts';
import { parseDefinition, parseSettings } from './definition.ts';
import { lockFilePath, renderLockFile } from './lock-file.ts';
import { type PluginType, pluginTypes } from './plugin-type.ts';
import { resolvePlugin } from './resolve-plugin.ts';

/** Definitions as a Hub gives them, one of each type. */
const samples: Readonly<Record<PluginType, JsonObject>> = {
  extractors: {
    name: 'tap-shop',
    namespace: 'tap_shop',
    variant: 'acme',
    pip_url: 'acme-tap-shop',
    capabilities: ['catalog', 'discover', 'state'],
    settings_group_validation: [['token', 'start_date'], ['user']],
    settings: [
      { name: 'token', kind: 'password', sensitive: true, label: 'Token' },
      { name: 'start_date', kind: 'date_iso8601', value: '2024-01-01' },
      { name: 'auth.user', aliases: ['user'], env: 'SHOP_USER' },
      { name: 'mode', kind: 'options', options: [{ label: 'Fast', value: 'fast' }], value: 'fast' },
      { name: 'stream_maps', kind: 'object' },
    ],
    select: ['orders.*'],
    metadata: { orders: { 'replication-key': 'updated_at' } },
  },
  loaders: {
    name: 'target-db',
    namespace: 'target_db',
    variant: 'acme',
    pip_url: 'target-db',
    dialect: 'db',
    settings: [{ name: 'default_target_schema', value: '$MELTANO_EXTRACT__LOAD_SCHEMA' }],
    target_schema: '$TARGET_DB_DEFAULT_TARGET_SCHEMA',
  },
  transforms: {
    name: 'tap-shop',
    namespace: 'tap_shop',
    variant: 'acme',
    pip_url: 'https://example.com/dbt-shop.git@1',
    vars: { schema: 'x' },
  },
  orchestrators: {
    name: 'airflow',
    namespace: 'airflow',
    variant: 'apache',
    pip_url: 'apache-airflow',
    requires: { files: [{ name: 'files-airflow', variant: 'meltano' }] },
    commands: { ui: { args: 'webserver' }, admin: { args: 'users create', description: 'Makes a user' } },
    settings: [],
  },
  transformers: {
    name: 'dbt-db',
    namespace: 'dbt_db',
    variant: 'dbt-labs',
    pip_url: 'dbt-core',
    executable: 'dbt',
    commands: { build: 'build' },
    settings: [{ name: 'project_dir', value: '$MELTANO_PROJECT_ROOT/transform' }],
  },
  files: {
    name: 'files-airflow',
    namespace: 'files_airflow',
    variant: 'meltano',
    pip_url: 'files-airflow',
    update: { 'orchestrate/dags/meltano.py': true },
  },
  utilities: {
    name: 'superset',
    namespace: 'superset',
    variant: 'apache',
    pip_url: 'apache-superset',
    settings: [{ name: 'SECRET_KEY', kind: 'string', sensitive: true }],
  },
  mappers: {
    name: 'mapper-x',
    namespace: 'mapper_x',
    variant: 'acme',
    pip_url: 'mapper-x',
    settings: [{ name: 'stream_maps', kind: 'object' }],
  },
};

test.each(pluginTypes)('a definition of %s is read, locked and read again', (type) => {
  const definition = parseDefinition(type, samples[type]);
  const text = renderLockFile(definition);
  const again = parseDefinition(type, JSON.parse(text) as JsonObject);
  expect(again).toEqual({
    ...definition,
    written: again.written,
    label: definition.name,
    settings: again.settings,
  });
  expect(renderLockFile(again)).toBe(text);
  expect(again.settings.map(({ written: _, ...rest }) => rest)).toEqual(
    definition.settings.map(({ written: _, ...rest }) => rest),
  );
});

// In the order and spelling of a file written by Meltano 4.4.1.
test('the text of a lock file', () => {
  const definition = parseDefinition('extractors', {
    ...samples.extractors,
    description: 'Zürich',
    commands: { t: { args: '--test' }, u: { args: 'x', executable: 'y' } },
    docs: '',
    settings: [
      { value: 0, kind: 'password', sensitive: true, name: 'token', custom_key: 1 },
      { name: 'off', value: false, kind: 'boolean', hidden: true },
    ],
  });
  expect(renderLockFile(definition)).toBe(`{
  "plugin_type": "extractors",
  "name": "tap-shop",
  "namespace": "tap_shop",
  "variant": "acme",
  "label": "tap-shop",
  "pip_url": "acme-tap-shop",
  "description": "Z\\u00fcrich",
  "capabilities": [
    "catalog",
    "discover",
    "state"
  ],
  "settings_group_validation": [
    [
      "token",
      "start_date"
    ],
    [
      "user"
    ]
  ],
  "settings": [
    {
      "name": "token",
      "kind": "string",
      "value": 0,
      "sensitive": true,
      "custom_key": 1
    },
    {
      "name": "off",
      "kind": "boolean",
      "value": false,
      "hidden": true
    }
  ],
  "commands": {
    "t": "--test",
    "u": {
      "args": "x",
      "executable": "y"
    }
  },
  "select": [
    "orders.*"
  ],
  "metadata": {
    "orders": {
      "replication-key": "updated_at"
    }
  }
}
`);
  expect(lockFilePath('extractors', 'tap-shop', 'acme')).toBe('plugins/extractors/tap-shop--acme.lock');
  expect(lockFilePath('files', 'x', undefined)).toBe('plugins/files/x.lock');
});

test('a native connector keeps its package in the lock file', () => {
  const text = renderLockFile(
    parseDefinition('loaders', {
      name: 'target-x',
      namespace: 'target_x',
      variant: 'native',
      npm_package: '@meltano/x',
      executable: 'target-x',
    }),
  );
  expect(Object.keys(JSON.parse(text) as object)).toEqual([
    'plugin_type',
    'name',
    'namespace',
    'variant',
    'label',
    'npm_package',
    'executable',
  ]);
  expect(parseDefinition('loaders', JSON.parse(text) as JsonObject)).toMatchObject({
    npmPackage: '@meltano/x',
    pipUrl: undefined,
  });
});

test('of several variants the one asked for is taken', () => {
  const many = {
    name: 'tap-m',
    namespace: 'tap_m',
    settings: [{ name: 'shared' }],
    variants: [
      { name: 'a', pip_url: 'a' },
      { name: 'b', pip_url: 'b', original: true, settings: [{ name: 'own' }] },
    ],
  };
  const variant = (asked?: string) => parseDefinition('extractors', many, asked);
  expect(variant()).toMatchObject({ variant: 'a', pipUrl: 'a', settings: [{ name: 'shared' }] });
  expect(variant('original')).toMatchObject({ variant: 'b', settings: [{ name: 'own' }] });
  expect(() => variant('c')).toThrow("Extractor 'tap-m' variant 'c' is not known to Meltano. Variants: a, b");
});

test('what is no definition is said to be none', () => {
  expect(() => parseDefinition('extractors', { name: 'x' })).toThrow(
    'Plugin definition is invalid: missing properties (namespace)',
  );
  expect(() => parseDefinition('extractors', [])).toThrow('it is not a mapping');
});

test('the sample tap, resolved in a project', () => {
  const project = parseProject([
    parseProjectFile(
      'meltano.yml',
      'plugins:\n  extractors:\n  - name: tap-shop\n    variant: acme\n    config: {token: t, stream_maps: {orders: {id: int(id), mail: null}}}\n',
    ),
  ]);
  const [entry] = project.plugins;
  const plugin = resolvePlugin(entry!, project, ({ type }) => parseDefinition(type, samples[type]));
  expect(plugin.extras.find(({ name }) => name === '_select')?.value).toEqual(['orders.*']);
  expect(plugin.extras.map(({ name }) => name)).toContain('_metadata.orders.replication-key');
  const context = {
    project,
    environment: undefined,
    processEnv: {},
    dotenv: {},
    projectVariables: {},
    projectSettings: {},
    strict: false,
    now: 0,
  };
  const { settings, extras } = resolvePluginSettings(plugin, context);
  expect(nestedConfig(settings, 0)).toEqual({
    token: 't',
    start_date: '2024-01-01',
    mode: 'fast',
    stream_maps: { orders: { id: 'int(id)' } },
  });
  // What a null says of a property is not lost on the way to a native connector.
  expect(nestedConfig(settings, 0, { keepsNulls: true })).toEqual({
    token: 't',
    start_date: '2024-01-01',
    mode: 'fast',
    stream_maps: { orders: { id: 'int(id)', mail: null } },
  });
  expect(extras.find(({ definition }) => definition.name === '_metadata')?.value).toEqual({
    orders: { 'replication-key': 'updated_at' },
  });
  expect(
    stringifyJson(extras.find(({ definition }) => definition.name === '_load_schema')?.value ?? null),
  ).toBe('"tap_shop"');
});

test('of settings with one name the last counts, sensitive when any of them is', () => {
  const settings = parseSettings([
    { name: 'dir', value: 'a', kind: 'password' },
    { name: 'other' },
    { name: 'dir', value: 'b', label: 'Last' },
  ]);
  expect(settings.map(({ name, value, label, sensitive }) => ({ name, value, label, sensitive }))).toEqual([
    { name: 'dir', value: 'b', label: 'Last', sensitive: true },
    { name: 'other', value: undefined, label: undefined, sensitive: false },
  ]);
});
