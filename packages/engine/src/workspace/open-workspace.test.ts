import { existsSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { parseDefinition } from '@meltano/project/plugin/definition';
import { describe, expect, test } from 'vitest';
import { testProject } from '../../test/support/test-project.ts';
import type { DefinitionSource } from './definition-source.ts';

const tap = `plugins:
  extractors:
  - name: tap-a
    namespace: tap_a
    executable: ./tap
    settings:
    - {name: url, value: http://default}
    - {name: token, kind: password}
    - {name: port, kind: integer}
    config: {url: $HOST_URL}
    env: {LEVEL: plugin}
environments:
- name: dev
  config:
    plugins:
      extractors:
      - name: tap-a
        config: {port: 1, only_here: x}
- name: prod
`;

describe('finding the project', () => {
  test('above the working directory, links resolved', async () => {
    using project = testProject({ 'meltano.yml': tap, 'a/b/c.txt': '' });
    symlinkSync(project.root, project.path('link'));
    expect((await project.open({ cwd: project.path('a/b') })).root).toBe(project.root);
    expect(
      (await project.open({ cwd: '/', processEnv: { MELTANO_PROJECT_ROOT: project.path('link') } })).root,
    ).toBe(project.root);
  });
  test('there is none', async () => {
    await expect(testProject({}).open()).rejects.toMatchObject({
      code: 'workspace.no_project',
      category: 'usage',
    });
  });
  test('an empty file and an unmet requirement', async () => {
    using empty = testProject({ 'meltano.yml': '# nothing\n' });
    await expect(empty.open()).rejects.toMatchObject({ code: 'document.empty' });
    using newer = testProject({ 'meltano.yml': "requires_meltano: '>=5'\n" });
    await expect(newer.open()).rejects.toMatchObject({
      code: 'project.version_not_met',
      category: 'environment',
    });
  });
});

test('a line of .env that is skipped is told once, by its number', async () => {
  using project = testProject({ 'meltano.yml': tap, '.env': "A=1\nB='x' s3cret\n" });
  const told: string[] = [];
  const log = { log: (_: string, event: string) => told.push(event) };
  const workspace = await (await project.open({ log })).reload();
  expect(workspace.dotenv).toEqual({ A: '1' });
  expect(told).toEqual([`${project.path('.env')}:2 is neither NAME=value nor a comment, and is skipped`]);
});

test('the system folder is made, the link to the program kept while it leads somewhere', async () => {
  using project = testProject({ 'meltano.yml': tap, meltano: '', other: '' });
  await project.open({ executable: project.path('meltano') });
  await project.open({ executable: project.path('other') });
  expect(project.read('.meltano/.gitignore')).toBe('*\n');
  expect(project.read('.meltano/CACHEDIR.TAG')).toMatch(/^Signature: 8a477f597d28d172789f06886806bc55\n/);
  expect(readlinkSync(project.path('.meltano/run/bin'))).toBe(project.path('meltano'));
  const elsewhere = await project.open({ processEnv: { MELTANO_SYS_DIR_ROOT: 'sys' } });
  expect(elsewhere.systemDir).toBe(project.path('sys'));
  expect(existsSync(project.path('sys/.gitignore'))).toBe(true);
});

test.runIf(process.platform === 'linux')('a system folder where no folder can be is an error', async () => {
  using project = testProject({ 'meltano.yml': 'project_id: p1\n' });
  await expect(
    project.open({ processEnv: { MELTANO_SYS_DIR_ROOT: '/proc/none/sys' } }),
  ).rejects.toMatchObject({
    code: 'workspace.no_system_dir',
    hint: expect.stringContaining('MELTANO_SYS_DIR_ROOT'),
  });
});

describe('which environment is active', () => {
  const withDefault = `default_environment: dev\n${tap}`;
  test.each([
    [{}, 'dev', 'default'],
    [{ environment: 'prod' }, 'prod', 'option'],
    [{ environment: null }, undefined, 'disabled'],
    [{ environment: 'NULL' }, undefined, 'disabled'],
    [{ processEnv: { MELTANO_ENVIRONMENT: 'prod' } }, 'prod', 'variable'],
    [{ processEnv: { MELTANO_ENVIRONMENT: 'null' } }, undefined, 'disabled'],
    [{ processEnv: { MELTANO_ENVIRONMENT: '' } }, 'dev', 'default'],
    [{ environmentRule: 'explicit' as const }, undefined, 'none'],
    [{ environmentRule: 'never' as const, environment: 'nope' }, undefined, 'none'],
  ])('%j', async (options, environment, source) => {
    using project = testProject({ 'meltano.yml': withDefault });
    const workspace = await project.open(options);
    expect(workspace.environment).toBe(environment);
    expect(workspace.selection.source).toBe(source);
    expect(workspace.projectVariables['MELTANO_ENVIRONMENT']).toBe(environment ?? '');
  });
  test('.env counts when the process has no such variable', async () => {
    using project = testProject({ 'meltano.yml': withDefault, '.env': 'MELTANO_ENVIRONMENT=prod\n' });
    expect((await project.open()).selection).toMatchObject({
      source: 'dotenv',
      environment: { name: 'prod' },
    });
    expect((await project.open({ processEnv: { MELTANO_ENVIRONMENT: '' } })).environment).toBe('dev');
  });
  test('a default that is left aside is named; a missing one that is required is an error', async () => {
    using project = testProject({ 'meltano.yml': withDefault });
    expect((await project.open({ environmentRule: 'explicit' })).selection.ignoredDefault).toBe('dev');
    using without = testProject({ 'meltano.yml': tap });
    await expect(without.open({ environmentRule: 'required' })).rejects.toMatchObject({
      code: 'project.environment_required',
    });
    await expect(without.open({ environment: 'nope' })).rejects.toThrow("Environment 'nope' was not found");
  });
});

describe('settings of Meltano itself', () => {
  const value = async (files: Record<string, string>, name: string, processEnv = {}, overrides = {}) => {
    using project = testProject({ 'meltano.yml': tap, ...files });
    return (await project.open({ processEnv, overrides })).projectSetting(name);
  };
  test('flag, environment, .env, file, default', async () => {
    const files = { '.env': 'MELTANO_CLI_LOG_LEVEL=error\n', 'meltano.yml': 'cli:\n  log_level: debug\n' };
    expect(
      await value(
        files,
        'cli.log_level',
        { MELTANO_CLI_LOG_LEVEL: 'warning' },
        { 'cli.log_level': 'critical' },
      ),
    ).toMatchObject({
      value: 'critical',
      hides: [
        { store: 'env' },
        { store: 'dotenv' },
        { store: 'meltano_yml', place: { line: 2 } },
        { store: 'default' },
      ],
    });
  });
  test('`env:` of the project is part of the environment', async () => {
    expect(
      await value({ 'meltano.yml': 'env: {MELTANO_CLI_LOG_LEVEL: warning}\n' }, 'cli.log_level'),
    ).toMatchObject({
      value: 'warning',
      origin: { store: 'env', name: 'MELTANO_CLI_LOG_LEVEL' },
    });
  });
  test('the default address of the system database', async () => {
    using project = testProject({ 'meltano.yml': tap });
    expect((await project.open()).projectSetting('database_uri').value).toBe(
      `sqlite:///${project.path('.meltano/meltano.db')}`,
    );
  });
  test('a value that is no option fails; an unknown setting is named', async () => {
    await expect(value({}, 'venv.backend', { MELTANO_VENV_BACKEND: 'x' })).rejects.toThrow(
      "'x' is not a valid choice for 'venv.backend'",
    );
    await expect(value({}, 'nope')).rejects.toThrow("Meltano has no setting 'nope'");
  });
  test('read-only by variable, .env or file', async () => {
    using project = testProject({ 'meltano.yml': tap, '.env': 'MELTANO_PROJECT_READONLY=yes\n' });
    expect((await project.open()).readOnly).toBe(true);
    expect((await project.open({ processEnv: { MELTANO_PROJECT_READONLY: 'no' } })).readOnly).toBe(false);
  });
});

describe('plugins', () => {
  test('settings come from the shell, .env, the environment and the file', async () => {
    using project = testProject({
      'meltano.yml': tap,
      '.env': 'HOST_URL=http://dotenv\nTAP_A_TOKEN=s3cret\n',
    });
    const workspace = await project.open({ environment: 'dev', processEnv: { HOST_URL: 'http://shell' } });
    const prepared = await workspace.preparePlugin(await workspace.findPlugin('tap-a'));
    expect(prepared.config).toEqual({ url: 'http://shell', token: 's3cret', port: 1, only_here: 'x' });
    expect(prepared.secrets).toEqual(['s3cret']);
    expect(prepared.env).toMatchObject({
      LEVEL: 'plugin',
      TAP_A_URL: 'http://shell',
      MELTANO_EXTRACT_PORT: '1',
      MELTANO_ENVIRONMENT: 'dev',
    });
    const none = await project.open({ environment: null });
    expect((await none.preparePlugin(await none.findPlugin('tap-a'))).config).toEqual({
      url: 'http://dotenv',
      token: 's3cret',
    });
  });
  test('overrides of a command are the strongest, what earlier blocks export can be referred to', async () => {
    using project = testProject({ 'meltano.yml': tap.replace('$HOST_URL', '$MELTANO_EXTRACTOR_UPSTREAM') });
    const workspace = await project.open();
    const plugin = await workspace.findPlugin('tap-a', 'extractors');
    const prepared = await workspace.preparePlugin(plugin, {
      upstream: { MELTANO_EXTRACTOR_UPSTREAM: 'from before' },
      overrides: { _catalog: 'c.json' },
    });
    expect(prepared.config['url']).toBe('from before');
    expect(prepared.extras['_catalog']).toBe('c.json');
  });
  test('values of the system database, also of the parent', async () => {
    using project = testProject({
      'meltano.yml': `${tap.replace('environments', '  - {name: tap-b, inherit_from: tap-a}\nenvironments')}`,
    });
    const stored: Record<string, Record<string, string>> = {
      'extractors.tap-a.default': { token: 'parent' },
      'extractors.tap-b.default': { port: '7' },
    };
    const dbSettings = {
      list: (namespace: string) => Promise.resolve(new Map(Object.entries(stored[namespace] ?? {}))),
      set: () => Promise.resolve(),
      unset: () => Promise.resolve(false),
      reset: () => Promise.resolve(0),
    };
    const workspace = await project.open({ dbSettings });
    const { settings } = await workspace.pluginSettings(await workspace.findPlugin('tap-b'));
    expect(settings.map(({ definition, value, origin }) => [definition.name, value, origin?.store])).toEqual([
      // The parent's `$HOST_URL` is not set here: that is null, not the default.
      ['url', null, 'inherited'],
      ['token', 'parent', 'inherited'],
      ['port', 7, 'db'],
    ]);
  });
  test('an unknown plugin is an error with near names', async () => {
    using project = testProject({ 'meltano.yml': tap });
    await expect((await project.open()).findPlugin('tap-aa')).rejects.toMatchObject({
      code: 'plugin.not_found',
      message: "Plugin 'tap-aa' is not known to this project",
      hint: "Did you mean 'tap-a'?",
    });
  });
  test('mappings are found by their names; a name of two is ambiguous', async () => {
    const mappers =
      'plugins:\n  mappers:\n  - {name: m, namespace: m, mappings: [{name: x, config: {a: $A}}, {name: y}]}\n  - {name: n, namespace: n, mappings: [{name: y}]}\n';
    using project = testProject({ 'meltano.yml': mappers });
    const workspace = await project.open({ processEnv: { A: '1' } });
    expect((await workspace.preparePlugin(await workspace.findPlugin('x'))).config).toEqual({ a: '1' });
    await expect(workspace.findPlugin('y')).rejects.toMatchObject({ code: 'plugin.ambiguous_mapping' });
    expect(await workspace.lookUpPlugin('x', 'extractors')).toBeUndefined();
  });
});

test('a loader refers to its extractor in a pipeline, and to nothing outside of one', async () => {
  const loader =
    '  loaders:\n  - {name: target-b, namespace: target_b, settings: [{name: schema, value: $MELTANO_EXTRACT__LOAD_SCHEMA}]}\nenvironments';
  using project = testProject({ 'meltano.yml': tap.replace('environments', loader) });
  const workspace = await project.open();
  const { exported } = await workspace.preparePlugin(await workspace.findPlugin('tap-a'));
  const target = await workspace.findPlugin('target-b');
  expect((await workspace.preparePlugin(target, { upstream: exported })).config).toEqual({ schema: 'tap_a' });
  expect((await workspace.preparePlugin(target)).flatConfig).toEqual({ schema: null });
});

describe('the chain of `env:`', () => {
  const yml = `env: {E1: '\${SHELLV}-1', STACKED: '\${STACKED}2'}
plugins:
  extractors:
  - {name: tap-a, namespace: tap_a, env: {E2: '\${E1}-2', N: 5, GONE: null, STACKED: '\${STACKED}4'}}
environments:
- name: dev
  env: {E3: '\${E1}-3', STACKED: '\${STACKED}3'}
  config:
    plugins:
      extractors:
      - {name: tap-a, env: {E4: '\${E2}-4', E5: '\${E3}-5', STACKED: '\${STACKED}5'}}
`;
  const env = async (environment: string | null) => {
    using project = testProject({ 'meltano.yml': yml });
    const workspace = await project.open({ environment, processEnv: { SHELLV: 'sh', STACKED: '1' } });
    return (await workspace.preparePlugin(await workspace.findPlugin('tap-a'))).env;
  };
  test('each level refers to the one above it', async () => {
    expect(await env('dev')).toMatchObject({
      E1: 'sh-1',
      E2: 'sh-1-2',
      E3: 'sh-1-3',
      E4: 'sh-1-2-4',
      E5: 'sh-1-3-5',
      N: '5',
      STACKED: '12345',
    });
    expect(await env(null)).toMatchObject({ E1: 'sh-1', E2: 'sh-1-2', STACKED: '124' });
    expect(await env('dev')).not.toHaveProperty('GONE');
  });
});

describe('definitions and lock files', () => {
  const shop = (variant: string) =>
    JSON.stringify({
      plugin_type: 'extractors',
      name: 'tap-shop',
      namespace: 'tap_shop',
      variant,
      pip_url: variant,
    });
  const never: DefinitionSource = { find: () => Promise.reject(new Error('the source was asked')) };
  test('an entry without a variant gets the only lock file of its name', async () => {
    using project = testProject({
      'meltano.yml': 'plugins:\n  extractors:\n  - name: tap-shop\n',
      'plugins/extractors/tap-shop--acme.lock': shop('acme'),
      'plugins/extractors/tap-shop--x--acme.lock': shop('of another plugin'),
    });
    const workspace = await project.open({ definitions: never });
    expect(await workspace.findPlugin('tap-shop')).toMatchObject({ variant: 'acme', pipUrl: 'acme' });
    project.write('plugins/extractors/tap-shop--other.lock', shop('other'));
    await expect((await project.open({ definitions: never })).findPlugin('tap-shop')).rejects.toMatchObject({
      code: 'workspace.ambiguous_lock',
    });
  });
  test('what is fetched is locked, and fetched once', async () => {
    using project = testProject({
      'meltano.yml':
        'plugins:\n  extractors:\n  - {name: tap-shop, variant: acme}\n  - {name: b, inherit_from: tap-shop}\n',
    });
    let asked = 0;
    const source: DefinitionSource = {
      find: (type, name, variant) => {
        asked += 1;
        return Promise.resolve(
          parseDefinition(type, { name, namespace: 'tap_shop', variant: variant ?? '?' }),
        );
      },
    };
    expect(
      (await (await project.open({ definitions: source })).plugins()).map(({ namespace }) => namespace),
    ).toEqual(['tap_shop', 'b']);
    expect(asked).toBe(1);
    expect(JSON.parse(project.read('plugins/extractors/tap-shop--acme.lock'))).toMatchObject({
      plugin_type: 'extractors',
      name: 'tap-shop',
    });
    await (await project.open({ definitions: never })).plugins();
  });
  test('a damaged lock file is named; without a source the plugin is unknown', async () => {
    using project = testProject({
      'meltano.yml': 'plugins:\n  extractors:\n  - {name: tap-shop, variant: acme}\n',
    });
    await expect((await project.open()).findPlugin('tap-shop')).rejects.toMatchObject({
      code: 'plugin.definition_missing',
    });
    project.write('plugins/extractors/tap-shop--acme.lock', '{');
    await expect((await project.open()).findPlugin('tap-shop')).rejects.toThrow(
      'plugins/extractors/tap-shop--acme.lock is not valid JSON',
    );
  });
});

describe('included files', () => {
  test('patterns are sorted, each file counts once, all keys take part', async () => {
    using project = testProject({
      'meltano.yml': "include_paths: ['inc/*.yml', '**/b.yml', './meltano.yml']\nenv: {A: main}\n",
      'inc/b.yml': 'env: {A: b}\njobs:\n- {name: b, tasks: []}\n',
      'inc/a.yml': 'env: {A: a, B: a}\njobs:\n- {name: a, tasks: []}\n',
      'inc/.hidden.yml': '',
      'inc/deep/b.yml': 'jobs:\n- {name: deep, tasks: []}\n',
    });
    const { project: value, files } = await project.open();
    expect(files.map(({ path }) => path)).toEqual([
      'meltano.yml',
      'inc/.hidden.yml',
      'inc/a.yml',
      'inc/b.yml',
      'inc/deep/b.yml',
    ]);
    expect(value.jobs.map(({ name }) => name)).toEqual(['a', 'b', 'deep']);
    expect(value.env).toEqual({ A: 'b', B: 'a' });
  });
  test('a match must be a file of the project', async () => {
    using project = testProject({ 'meltano.yml': "include_paths: ['*']\n", 'x.yml': '' });
    mkdirSync(project.path('folder'));
    await expect(project.open()).rejects.toThrow(/Included path '(folder|\.meltano)' is not a file/);
    using outside = testProject({ 'secret.yml': 'a: 1\n' });
    using linked = testProject({ 'meltano.yml': "include_paths: ['l.yml']\n" });
    symlinkSync(outside.path('secret.yml'), linked.path('l.yml'));
    expect(lstatSync(linked.path('l.yml')).isSymbolicLink()).toBe(true);
    await expect(linked.open()).rejects.toMatchObject({ code: 'workspace.include_outside' });
  });
});

test('a hundred plugins with their settings are read as one value', async () => {
  const entries = Array.from(
    { length: 100 },
    (_, index) => `  - name: tap-${index}\n    namespace: t${index}\n    config: {a: ${index}}\n`,
  );
  using project = testProject({ 'meltano.yml': `plugins:\n  extractors:\n${entries.join('')}` });
  const plugins = await (await project.open()).plugins();
  expect(plugins.map(({ written }) => written.config['a'])).toEqual(
    Array.from({ length: 100 }, (_, index) => index),
  );
});

test('installing, suffixes and the environment of other processes', async () => {
  using project = testProject({
    'meltano.yml':
      "env: {ROOT: '${SHELL_VALUE}/r'}\nplugins:\n  extractors:\n  - {name: tap-a, namespace: tap_a, env: {INDEX: '$ROOT/i'}}\nenvironments:\n- {name: dev, state_id_suffix: '${INDEX}-$NONE'}\n",
    '.env': 'TOKEN=t\n',
  });
  const workspace = await project.open({ environment: 'dev', processEnv: { SHELL_VALUE: 's' } });
  const plugin = await workspace.findPlugin('tap-a');
  expect(workspace.installVariables(plugin)).toMatchObject({
    ROOT: 's/r',
    INDEX: 's/r/i',
    TOKEN: 't',
    MELTANO_EXTRACTOR_NAME: 'tap-a',
  });
  expect(await workspace.stateIdSuffix(plugin)).toBe('s/r/i-');
  expect(workspace.projectEnv).toMatchObject({
    SHELL_VALUE: 's',
    ROOT: 's/r',
    TOKEN: 't',
    MELTANO_PROJECT_ROOT: project.root,
  });
  const none = await workspace.withEnvironment(undefined);
  expect(await none.stateIdSuffix(plugin)).toBeUndefined();
});

describe('a value that does not fit says where it comes from', () => {
  test.each([
    ['meltano.yml line 10', { 'meltano.yml': tap.replace('url: $HOST_URL', 'port: x') }, {}],
    ['meltano.yml line 18', { 'meltano.yml': tap.replace('port: 1', 'port: x') }, {}],
    ['variable TAP_A_PORT', { 'meltano.yml': tap }, { TAP_A_PORT: 'x' }],
    ['variable TAP_A_PORT in .env', { 'meltano.yml': tap, '.env': 'TAP_A_PORT=x' }, {}],
  ])('%s', async (where, files, processEnv) => {
    using project = testProject(files);
    const environment = where.endsWith('10') || where.includes('variable') ? null : 'dev';
    const workspace = await project.open({ processEnv, environment });
    const plugin = await workspace.findPlugin('tap-a');
    await expect(workspace.preparePlugin(plugin)).rejects.toThrow(
      `Setting 'port': 'x' is not an integer (${where})`,
    );
  });
});
