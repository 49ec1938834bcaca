import { existsSync } from 'node:fs';
import { parseDefinition } from '@meltano/project/plugin/definition';
import { renderLockFile } from '@meltano/project/plugin/lock-file';
import { describe, expect, test } from 'vitest';
import { testProject } from '../../test/support/test-project.ts';
import { addPlugin, removePlugin } from './plugin-entries.ts';

const definition = (variant: string, pipUrl = `tap-shop-${variant}`) =>
  parseDefinition('extractors', { name: 'tap-shop', namespace: 'tap_shop', variant, pip_url: pipUrl });

const type = 'extractors';
const name = 'tap-shop';

describe('adding', () => {
  test('what is written for each kind of parent', async () => {
    using project = testProject({ 'meltano.yml': 'project_id: x\n' });
    let { workspace } = await addPlugin(await project.open(), {
      type,
      name,
      definition: definition('acme'),
      python: 'python3.12',
    });
    ({ workspace } = await addPlugin(workspace, { type, name: 'tap-2', inheritFrom: name }));
    ({ workspace } = await addPlugin(workspace, {
      type,
      name: 'tap-3',
      inheritFrom: name,
      definition: definition('other'),
    }));
    await addPlugin(workspace, {
      type: 'loaders',
      name: 't',
      custom: { name: 't', namespace: 't', executable: './t' },
    });
    expect(project.read('meltano.yml')).toBe(`project_id: x
plugins:
  extractors:
  - name: tap-shop
    variant: acme
    pip_url: tap-shop-acme
    python: python3.12
  - name: tap-2
    inherit_from: tap-shop
  - name: tap-3
    inherit_from: tap-shop
    variant: other
    pip_url: tap-shop-other
  loaders:
  - name: t
    namespace: t
    executable: ./t
`);
  });
  test('a native connector has no pip_url', async () => {
    using project = testProject({ 'meltano.yml': 'plugins: {}\n' });
    const native = parseDefinition('loaders', {
      name: 'target-x',
      namespace: 'target_x',
      variant: 'native',
      npm_package: '@me/x',
    });
    await addPlugin(await project.open(), { type: 'loaders', name: 'target-x', definition: native });
    expect(project.read('meltano.yml')).toBe(
      'plugins:\n  loaders:\n  - name: target-x\n    variant: native\n',
    );
  });
  const entry = (pipUrl: string) => `plugins:
  extractors:
  - name: tap-shop
    variant: acme
    pip_url: ${pipUrl} # pinned?
    executable: mine
    config: {a: 1}
    env: {B: c}
`;
  const lock = {
    'plugins/extractors/tap-shop--acme.lock': renderLockFile(definition('acme', 'tap-shop==1')),
  };
  test('again: what was customised stays, what came from the definition is renewed', async () => {
    using project = testProject({ 'meltano.yml': entry('tap-shop==1'), ...lock });
    const again = await addPlugin(await project.open(), {
      type,
      name,
      definition: definition('acme', 'tap-shop==2'),
    });
    expect(again.status).toBe('updated');
    expect(project.read('meltano.yml')).toBe(entry('tap-shop==2'));
    using pinned = testProject({ 'meltano.yml': entry('git+https://my.fork'), ...lock });
    await addPlugin(await pinned.open(), { type, name, definition: definition('acme', 'tap-shop==2') });
    expect(pinned.read('meltano.yml')).toBe(entry('git+https://my.fork'));
  });
  test('again with another variant, or without update: nothing changes', async () => {
    using project = testProject({ 'meltano.yml': entry('x'), ...lock });
    const workspace = await project.open();
    expect((await addPlugin(workspace, { type, name, definition: definition('other') })).status).toBe(
      'exists',
    );
    expect(
      (await addPlugin(workspace, { type, name, definition: definition('acme'), update: false })).status,
    ).toBe('exists');
    expect(project.read('meltano.yml')).toBe(entry('x'));
  });
});

describe('removing', () => {
  const files = {
    'meltano.yml':
      'plugins:\n  extractors:\n  - {name: tap-shop, variant: acme}  # gone\n  # stays\n  - {name: tap-shop--x, inherit_from: tap-shop, variant: other}\n',
    'plugins/extractors/tap-shop--acme.lock': renderLockFile(definition('acme')),
    'plugins/extractors/tap-shop--other.lock': renderLockFile(definition('other')),
    'plugins/extractors/tap-shop--x--acme.lock': '{}',
    '.meltano/extractors/tap-shop/venv/x': '',
  };
  test('its entry, installation and locks, not those of others', async () => {
    using project = testProject(files);
    const removed = await removePlugin(await project.open(), type, name);
    expect(removed).toMatchObject({
      entry: true,
      installation: 'extractors/tap-shop',
      locks: ['plugins/extractors/tap-shop--acme.lock'],
      settings: undefined,
    });
    expect(project.read('meltano.yml')).toBe(
      'plugins:\n  extractors:\n  # stays\n  - {name: tap-shop--x, inherit_from: tap-shop, variant: other}\n',
    );
    expect(existsSync(project.path('plugins/extractors/tap-shop--x--acme.lock'))).toBe(true);
    expect(existsSync(project.path('plugins/extractors/tap-shop--other.lock'))).toBe(true);
    expect(existsSync(project.path('.meltano/extractors/tap-shop'))).toBe(false);
  });
  test('an installation that another plugin shares stays', async () => {
    using project = testProject({
      ...files,
      'meltano.yml':
        'plugins:\n  extractors:\n  - {name: tap-shop, variant: acme}\n  - {name: tap-b, inherit_from: tap-shop, variant: acme}\n',
    });
    const removed = await removePlugin(await project.open(), type, name);
    expect(removed).toMatchObject({ installation: undefined });
    expect(existsSync(project.path('.meltano/extractors/tap-shop/venv/x'))).toBe(true);
  });
  test('a plugin that is not there is no error', async () => {
    using project = testProject({ 'meltano.yml': 'plugins: {}\n' });
    expect(await removePlugin(await project.open(), type, 'tap-no')).toMatchObject({
      entry: false,
      installation: undefined,
      locks: [],
    });
  });
});
