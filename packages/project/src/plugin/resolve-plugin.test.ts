import { describe, expect, test } from 'vitest';
import { parseProjectFile } from '../document/parse-project-file.ts';
import { parseProject } from '../parse-project.ts';
import type { Project } from '../project.ts';
import { exportVariables, readVariables } from '../settings/env-names.ts';
import { pluginPrefixes } from '../settings/plugin-settings.ts';
import { parseDefinition } from './definition.ts';
import {
  type DefinitionRequest,
  mappingPlugins,
  requiredDefinitions,
  resolvePlugin,
} from './resolve-plugin.ts';

const project = (plugins: string): Project =>
  parseProject([
    parseProjectFile('meltano.yml', `plugins:\n  extractors:\n${plugins.replace(/^/gm, '  ')}\n`),
  ]);

const hub = ({ type, name, variant = 'main' }: DefinitionRequest) =>
  parseDefinition(type, {
    name,
    namespace: name.replaceAll('-', '_'),
    label: `Label of ${name}`,
    variant,
    pip_url: `${name}-${variant}`,
    capabilities: ['discover'],
    settings: [{ name: 'url', value: 'hub' }, { name: 'kept' }],
    commands: { test: '--test', other: '--other' },
    requires: { files: [{ name: 'files-x' }] },
    select: ['hub.*'],
  });

function resolve(plugins: string, name: string) {
  const value = project(plugins);
  const entry = value.plugins.find((each) => each.name === name);
  if (entry === undefined) throw new Error(name);
  return resolvePlugin(entry, value, hub);
}

test('shadowing: what the entry says replaces the definition', () => {
  const plugin = resolve(
    `- name: tap-a
  variant: main
  pip_url: mine
  executable: exe
  capabilities: []
  settings: [{name: url, value: own}, {name: extra}]
  commands: {test: --mine}
  requires: {files: [{name: files-y}]}
  config: {kept: 1, unknown: {deep: true}}
  python: 3.10
  custom_extra: 1`,
    'tap-a',
  );
  expect(plugin).toMatchObject({
    kind: 'shadowing',
    namespace: 'tap_a',
    label: 'Label of tap-a',
    pipUrl: 'mine',
    python: '3.10',
    executable: 'exe',
    capabilities: [],
    folder: 'tap-a',
    installable: true,
    invokable: true,
  });
  expect(plugin.settings.map(({ name, value, custom }) => [name, value, custom])).toEqual([
    ['kept', undefined, false],
    ['url', 'own', false],
    ['extra', undefined, false],
    ['unknown.deep', undefined, true],
  ]);
  expect(plugin.settings.at(-1)?.kind).toBe('boolean');
  expect(Object.entries(plugin.commands).map(([name, { args }]) => [name, args])).toEqual([
    ['test', '--mine'],
    ['other', '--other'],
  ]);
  expect(plugin.requires).toEqual({
    files: [
      { name: 'files-x', variant: undefined },
      { name: 'files-y', variant: undefined },
    ],
  });
  expect(plugin.extras.find(({ name }) => name === '_custom_extra')).toMatchObject({ custom: true });
});

describe('inheriting', () => {
  const family = `- {name: tap-a, namespace: tap_ns, executable: tap-a, settings: [{name: url, env_aliases: [OLD]}]}
- {name: tap-b, inherit_from: tap-a}
- {name: tap-c--x, inherit_from: tap-b}
- {name: tap-d, inherit_from: tap-a, namespace: tap_a}`;
  test('names, labels and variables', () => {
    const plugin = resolve(family, 'tap-c--x');
    expect(plugin).toMatchObject({
      kind: 'inheriting',
      namespace: 'tap_c__x',
      label: 'tap-a: tap-b: tap-c--x',
      executable: 'tap-a',
      folder: 'tap-a',
    });
    const url = plugin.settings[0]!;
    expect(readVariables(url, pluginPrefixes(plugin)).map(({ name }) => name)).toEqual(['TAP_C__X_URL']);
    // Recorded from Meltano 4.4.1.
    expect(exportVariables(url, pluginPrefixes(plugin)).filter((name) => name !== 'OLD')).toEqual([
      'TAP_C__X_URL',
      'TAP_B_URL',
      'TAP_A_URL',
      'TAP_NS_URL',
      'MELTANO_EXTRACT_URL',
    ]);
    const own = resolve(family, 'tap-d');
    expect(readVariables(url, pluginPrefixes(own)).map(({ name }) => name)).toEqual([
      'TAP_D_URL',
      'TAP_A_URL',
    ]);
  });
  test('a variant means a definition, even if the project has a plugin of that name', () => {
    const plugins = `- {name: tap-a, variant: main}
- {name: tap-b, inherit_from: tap-a, variant: other}
- {name: tap-c, inherit_from: tap-a}`;
    expect(requiredDefinitions(project(plugins))).toEqual([
      { type: 'extractors', name: 'tap-a', variant: 'main' },
      { type: 'extractors', name: 'tap-a', variant: 'other' },
    ]);
    expect(resolve(plugins, 'tap-b')).toMatchObject({
      parent: undefined,
      pipUrl: 'tap-a-other',
      folder: 'tap-b',
    });
    expect(resolve(plugins, 'tap-c')).toMatchObject({
      parent: { name: 'tap-a' },
      pipUrl: 'tap-a-main',
      folder: 'tap-a',
    });
  });
  test('a folder is shared by those who install the same, and by no others', () => {
    const plugins = `- {name: one, inherit_from: tap-a, variant: x}
- {name: two, inherit_from: tap-a, variant: x, pip_url: tap-a-x}
- {name: three, inherit_from: tap-a, variant: y}
- {name: four, inherit_from: one, pip_url: other}`;
    expect(['one', 'two', 'three', 'four'].map((name) => resolve(plugins, name).folder)).toEqual([
      'tap-a',
      'tap-a',
      'three',
      'four',
    ]);
  });
  test('a circle is an error that names it', () => {
    expect(() =>
      resolve(
        '- {name: a, inherit_from: b}\n- {name: b, inherit_from: c}\n- {name: c, inherit_from: b}',
        'a',
      ),
    ).toThrow('Plugins inherit from each other in a circle: b → c → b');
  });
  test('inheriting from itself means the definition of that name', () => {
    expect(resolve('- {name: tap-a, inherit_from: tap-a}', 'tap-a')).toMatchObject({
      kind: 'shadowing',
      pipUrl: 'tap-a-main',
    });
  });
});

test('a plugin that nobody knows', () => {
  const value = project('- name: tap-nope');
  expect(() => resolvePlugin(value.plugins[0]!, value, () => undefined)).toThrow(
    "Extractor 'tap-nope' is not known to Meltano",
  );
});

test('a package named in the project replaces a native connector, and the other way round', () => {
  const value = project(
    '- {name: tap-a, pip_url: mine}\n- {name: tap-b}\n- {name: tap-c, npm_package: "@me/c"}',
  );
  const native = (request: DefinitionRequest) => ({
    ...hub(request),
    pipUrl: undefined,
    npmPackage: '@meltano/a',
  });
  const [a, b, c] = value.plugins.map((entry) => resolvePlugin(entry, value, native));
  expect([a, b, c].map((plugin) => [plugin?.pipUrl, plugin?.npmPackage])).toEqual([
    ['mine', undefined],
    [undefined, '@meltano/a'],
    [undefined, '@me/c'],
  ]);
});

test('mappings are plugins of their own that install nothing', () => {
  const value = parseProject([
    parseProjectFile(
      'meltano.yml',
      'plugins:\n  mappers:\n  - name: m\n    namespace: m\n    pip_url: m\n    config: {all: 1}\n    mappings:\n    - {name: hide, config: {a: {b: 1}}}\n    - {name: hash}\n',
    ),
  ]);
  const mappings = mappingPlugins(resolvePlugin(value.plugins[0]!, value, hub));
  expect(
    mappings.map(({ name, mapping, installable, folder }) => [name, mapping?.name, installable, folder]),
  ).toEqual([
    ['m', 'hide', false, 'm'],
    ['m', 'hash', false, 'm'],
  ]);
  expect(mappings[0]?.settings.map(({ name }) => name)).toEqual(['a.b']);
  expect(mappings[0]?.extras.map(({ name }) => name)).toEqual([
    '_log_parser',
    '_mappings',
    '_mapping_name',
    '_mapping',
  ]);
});
