import { existsSync, statSync } from 'node:fs';
import type { JsonValue } from '@meltano/foundation/json';
import type { StoreChoice } from '@meltano/project/settings/choose-store';
import { settingPath } from '@meltano/project/settings/setting-path';
import { describe, expect, test } from 'vitest';
import { type TestProject, testProject } from '../../test/support/test-project.ts';
import type { DatabaseSettings } from './database-settings.ts';
import type { OpenWorkspaceOptions } from './open-workspace.ts';
import { resetSettings, setSetting, unsetSetting } from './write-setting.ts';

const yml = `default_environment: dev
plugins:
  extractors:
  - name: tap-a
    namespace: tap_ns
    settings:
    - {name: url}
    - {name: port, kind: integer}
    - {name: token, kind: password}
    - {name: auth.user, aliases: [username]}
    - {name: s3\\.endpoint}
    - {name: arr, kind: array}
    config:
      auth: {user: x}   # who
      nested: {b: {c: 1}}
  loaders:
  - {name: target-b, namespace: target_b, settings: [{name: url}]}
environments:
- name: dev
`;

/** A real store, in memory: what the system room keeps in the database. */
function memoryDatabase(): DatabaseSettings & { readonly rows: Map<string, Map<string, JsonValue>> } {
  const rows = new Map<string, Map<string, JsonValue>>();
  const of = (namespace: string) => {
    const found = rows.get(namespace) ?? new Map<string, JsonValue>();
    rows.set(namespace, found);
    return found;
  };
  return {
    rows,
    list: (namespace) => Promise.resolve(of(namespace)),
    set: (namespace, name, value) => Promise.resolve(void of(namespace).set(name, value)),
    unset: (namespace, name) => Promise.resolve(of(namespace).delete(name)),
    reset: (namespace) => {
      const count = of(namespace).size;
      rows.delete(namespace);
      return Promise.resolve(count);
    },
  };
}

interface Change {
  readonly name: readonly string[];
  readonly value: JsonValue;
  readonly store?: StoreChoice;
  readonly owner?: string;
}

async function set(project: TestProject, change: Change, options: Partial<OpenWorkspaceOptions> = {}) {
  const workspace = await project.open({ environmentRule: 'explicit', ...options });
  const owner = change.owner === 'meltano' ? 'meltano' : await workspace.findPlugin(change.owner ?? 'tap-a');
  const { store = 'auto', value, name } = change;
  return setSetting(workspace, { owner, path: settingPath(name), value, store });
}

describe('setting in meltano.yml', () => {
  const edited = async (...changes: readonly Change[]) => {
    using project = testProject({ 'meltano.yml': yml });
    for (const change of changes) await set(project, change);
    return project.read('meltano.yml');
  };
  test('a value is cast first', async () => {
    expect(await edited({ name: ['port'], value: '99' })).toBe(
      yml.replace('{c: 1}}\n', '{c: 1}}\n      port: 99\n'),
    );
    using project = testProject({ 'meltano.yml': yml });
    await expect(set(project, { name: ['port'], value: 'x' })).rejects.toThrow(
      "Setting 'port': 'x' is not an integer",
    );
  });
  test('an alias replaces the name it stands for', async () => {
    expect(await edited({ name: ['username'], value: 'bob' })).toBe(
      yml
        .replace('      auth: {user: x}   # who\n', '')
        .replace('{c: 1}}\n', '{c: 1}}\n      username: bob\n'),
    );
  });
  test('dots and several arguments both mean nesting, in place', async () => {
    expect(await edited({ name: ['nested.b.d'], value: '5' })).toBe(yml.replace('{c: 1}', "{c: 1, d: '5'}"));
    expect(await edited({ name: ['nested', 'b', 'd'], value: '6' })).toBe(
      yml.replace('{c: 1}', "{c: 1, d: '6'}"),
    );
    expect(await edited({ name: ['auth.user'], value: 'y' })).toBe(yml.replace('user: x', 'user: y'));
  });
  test('an escaped dot is part of the name', async () => {
    expect(await edited({ name: ['s3\\.endpoint'], value: 'u' })).toBe(
      yml.replace('{c: 1}}\n', '{c: 1}}\n      s3\\.endpoint: u\n'),
    );
  });
  test('an extra stands beside `config`', async () => {
    expect(await edited({ name: ['_select'], value: '["a.*", "!b"]' })).toContain(
      "      nested: {b: {c: 1}}\n    select:\n    - a.*\n    - '!b'\n",
    );
    expect(await edited({ name: ['_metadata', 'users', 'replication-key'], value: 'id' })).toContain(
      '    metadata:\n      users:\n        replication-key: id\n',
    );
  });
  test('settings of Meltano', async () => {
    expect(await edited({ owner: 'meltano', name: ['python'], value: '3.10' })).toBe(
      `${yml}python: '3.10'\n`,
    );
  });
  test('the text that hides secrets is never stored', async () => {
    expect(await edited({ name: ['url'], value: '(redacted)' })).toBe(yml);
  });
});

describe('which store', () => {
  const storeOf = async (
    change: Change,
    options: Partial<OpenWorkspaceOptions> = {},
    files: Record<string, string> = {},
  ) => {
    using project = testProject({ 'meltano.yml': yml, ...files });
    return (await set(project, change, options)).store;
  };
  test.each<[Change, Partial<OpenWorkspaceOptions>, string]>([
    [{ name: ['url'], value: 'x' }, {}, 'meltano_yml'],
    [{ name: ['url'], value: 'x' }, { environment: 'dev' }, 'meltano_environment'],
    [{ name: ['url'], value: 'x', store: 'meltano_yml' }, { environment: 'dev' }, 'meltano_environment'],
    [{ name: ['url'], value: 'x', store: 'meltano_yml' }, { environmentRule: 'default' }, 'meltano_yml'],
    [{ name: ['url'], value: 'x', store: 'meltano_yml' }, {}, 'meltano_yml'],
    [{ name: ['token'], value: 'x' }, { environment: 'dev' }, 'dotenv'],
    [{ name: ['database_uri'], value: 'x', owner: 'meltano' }, {}, 'dotenv'],
    [{ name: ['python'], value: 'x', owner: 'meltano' }, { environment: 'dev' }, 'meltano_yml'],
    [
      { name: ['python'], value: 'x', owner: 'meltano', store: 'meltano_yml' },
      { environment: 'dev' },
      'meltano_yml',
    ],
  ])('%j with %j', async (change, options, store) => {
    expect(await storeOf(change, options)).toBe(store);
  });
  test('a read-only project has the database only', async () => {
    const readOnly = { '.env': 'MELTANO_PROJECT_READONLY=1\n' };
    expect(await storeOf({ name: ['url'], value: 'x' }, { dbSettings: memoryDatabase() }, readOnly)).toBe(
      'db',
    );
    await expect(storeOf({ name: ['url'], value: 'x' }, {}, readOnly)).rejects.toMatchObject({
      code: 'settings.read_only',
    });
    await expect(storeOf({ name: ['url'], value: 'x', store: 'dotenv' }, {}, readOnly)).rejects.toMatchObject(
      { code: 'settings.read_only' },
    );
  });
  test('what a store cannot hold', async () => {
    await expect(storeOf({ name: ['nobody.knows'], value: 'x', store: 'dotenv' })).rejects.toThrow(
      'Unknown setting cannot be stored in `.env`',
    );
    await expect(storeOf({ name: ['url'], value: 'x', store: 'meltano_environment' })).rejects.toThrow(
      'No active environment found',
    );
    await expect(storeOf({ name: ['url'], value: 'x', store: 'db' })).rejects.toThrow(
      'The system database is not available',
    );
  });
});

describe('.env', () => {
  test('the variable of the plugin is set, others of the setting go, a new file is private', async () => {
    using project = testProject({ 'meltano.yml': yml });
    await set(project, { name: ['token'], value: "a'b" });
    expect(project.read('.env')).toBe("TAP_A_TOKEN='a\\'b'\n");
    expect(statSync(project.path('.env')).mode & 0o777).toBe(0o600);
    project.write('.env', '# mine\nTAP_NS_TOKEN=old\nOTHER=1\n');
    const { workspace } = await set(project, { name: ['token'], value: 'new' });
    expect(project.read('.env')).toBe("# mine\nOTHER=1\nTAP_A_TOKEN='new'\n");
    const { settings } = await workspace.pluginSettings(await workspace.findPlugin('tap-a'));
    expect(settings.find(({ definition }) => definition.name === 'token')?.value).toBe('new');
  });
});

describe('unset and reset', () => {
  const everywhere = async () => {
    const database = memoryDatabase();
    const project = testProject({ 'meltano.yml': yml, '.env': "# keep\nTAP_A_URL='d'\nTARGET_B_URL='b'\n" });
    const options = { dbSettings: database, environment: 'dev' };
    for (const store of ['meltano_environment', 'db'] as const)
      await set(project, { name: ['url'], value: store, store }, options);
    await set(project, { name: ['url'], value: 'yml' }, { dbSettings: database });
    return { project, database, options };
  };
  test('auto removes from all stores and tells the last', async () => {
    const { project, database, options } = await everywhere();
    const workspace = await project.open(options);
    const result = await unsetSetting(workspace, {
      owner: await workspace.findPlugin('tap-a'),
      path: ['url'],
    });
    expect(result.store).toBe('db');
    expect(project.read('.env')).toBe("# keep\nTARGET_B_URL='b'\n");
    expect(project.read('meltano.yml')).not.toContain('url: ');
    expect(database.rows.get('extractors.tap-a.default')?.size).toBe(0);
    project[Symbol.dispose]();
  });
  test('a whole subtree goes; an unknown name is no error', async () => {
    using project = testProject({ 'meltano.yml': yml });
    let workspace = await project.open({ environmentRule: 'explicit' });
    const owner = await workspace.findPlugin('tap-a');
    ({ workspace } = await unsetSetting(workspace, { owner, path: ['nested'] }));
    expect(project.read('meltano.yml')).toBe(yml.replace('      nested: {b: {c: 1}}\n', ''));
    await unsetSetting(workspace, { owner, path: ['no', 'such'] });
    expect(project.read('meltano.yml')).toBe(yml.replace('      nested: {b: {c: 1}}\n', ''));
  });
  test('reset removes the settings of the plugin and nothing else', async () => {
    const { project, database, options } = await everywhere();
    const workspace = await project.open(options);
    await resetSettings(workspace, { owner: await workspace.findPlugin('tap-a') });
    expect(project.read('.env')).toBe("# keep\nTARGET_B_URL='b'\n");
    expect(database.rows.has('extractors.tap-a.default')).toBe(false);
    const { project: value } = await project.open();
    expect(value.plugins[0]).toMatchObject({ name: 'tap-a', config: {}, extras: {} });
    expect(value.plugins[0]?.entry['settings']).toHaveLength(6);
    project[Symbol.dispose]();
  });
  test('reset of Meltano keeps the structure of the project, its identity and unknown keys', async () => {
    const text =
      'project_id: p\ninclude_paths: []\nunknown: {x: 1}\ncli: {log_level: info}\npython: x\nenv: {A: b}\n';
    using project = testProject({ 'meltano.yml': text });
    await resetSettings(await project.open(), { owner: 'meltano', store: 'meltano_yml' });
    expect(project.read('meltano.yml')).toBe(
      'project_id: p\ninclude_paths: []\nunknown: {x: 1}\nenv: {A: b}\n',
    );
    expect(existsSync(project.path('.env'))).toBe(false);
  });
});
