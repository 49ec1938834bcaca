import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { meltano, meltanoOk, testProject } from './support/meltano-program.ts';
import { findPython } from './support/python.ts';
import { pythonPackage } from './support/python-package.ts';

const python = await findPython();
if (python === undefined) process.stderr.write('SKIPPED many-plugins: this machine has no python3\n');

const count = 20;
const names = Array.from({ length: count }, (_, index) => `util-${index}`);

const installable = {
  'meltano.yml': `default_environment: dev
environments: [{name: dev}]
plugins:
  utilities:
${[...names, 'util-broken'].map((name) => `  - {name: ${name}, namespace: ${name.replace('-', '_')}, pip_url: ./packages/${name}}`).join('\n')}
`,
  ...Object.assign(
    {},
    ...names.map((name) =>
      pythonPackage(
        `packages/${name}`,
        { [`${name.replace('-', '_')}.py`]: `def main():\n    print("this is ${name}")\n` },
        { [name]: `${name.replace('-', '_')}:main` },
      ),
    ),
  ),
};

describe.skipIf(python === undefined)(`${count + 1} plugins to install`, () => {
  it('are installed side by side; one that fails hides none of the others', async () => {
    await using project = await testProject(installable);
    const options = { cwd: project.folder };
    const { code, stderr } = await meltano(['install', '--parallelism', '8'], options);
    expect(code).toBe(1);
    const events = stderr.split('\n').map((line) => line.replace(/^\S+ \[\w+ *\] meltano +/, ''));
    for (const name of names) {
      expect(events).toContain(`Installing utility '${name}'`);
      expect(events).toContain(`Installed utility '${name}'`);
    }
    // Eight begin before the first is done.
    const begun = events.findIndex((event) => event.startsWith('Installed '));
    expect(events.slice(0, begun).filter((event) => event.startsWith('Installing utility'))).toHaveLength(8);
    expect(events.filter((event) => event.startsWith('Installation failed.'))).toHaveLength(1);
    expect(stderr).toContain("packages of 'utilities/util-broken'");
    expect(events).toContain(`Installed ${count}/${count + 1} plugins`);
    expect((await meltanoOk(['invoke', 'util-7'], options)).stdout).toContain('this is util-7');

    const again = await meltanoOk(['run', ...names], options);
    expect(again.stderr).not.toMatch(/Install(ing|ed) /);
    for (const name of names) expect(again.stderr).toContain(`this is ${name}`);
  }, 300_000);
});

describe('a project of 100 plugins', () => {
  const taps = Array.from({ length: 60 }, (_, index) => `tap-${index}`);
  const targets = Array.from({ length: 40 }, (_, index) => `target-${index}`);
  const entry = (name: string) =>
    `  - {name: ${name}, namespace: ${name.replace('-', '_')}, executable: ./x, capabilities: [catalog, discover, state], settings: [{name: token, kind: password, sensitive: true}, {name: region, value: eu}], config: {token: secret-of-${name}}}`;
  const files = {
    'meltano.yml': `default_environment: dev
environments: [{name: dev}]
plugins:
  extractors:
${taps.map(entry).join('\n')}
  loaders:
${targets.map(entry).join('\n')}
`,
  };
  const catalog = {
    streams: Array.from({ length: 50 }, (_, index) => ({
      tap_stream_id: `stream-${index}`,
      stream: `stream-${index}`,
      schema: { properties: { id: { type: 'integer' }, name: { type: 'string' } } },
      metadata: [[], ['properties', 'id'], ['properties', 'name']].map((breadcrumb) => ({
        breadcrumb,
        metadata: { inclusion: 'available' },
      })),
    })),
  };
  const tap = '#!/bin/sh\ncat "$MELTANO_PROJECT_ROOT/catalog.json"\n';

  it('answers about one of them, and about all', async () => {
    await using project = await testProject({
      ...files,
      x: tap,
      'catalog.json': JSON.stringify(catalog),
    });
    const options = { cwd: project.folder };
    const { stdout: list } = await meltanoOk(['plugin', 'list', '--format=json'], options);
    for (const name of [...taps, ...targets]) expect(list).toContain(`"${name}"`);
    const { stdout: config } = await meltanoOk(['config', 'print', 'tap-59'], options);
    expect(JSON.parse(config)).toMatchObject({ region: 'eu' });
    expect(config).not.toContain('secret-of');
    const state = { singer_state: { bookmarks: { x: 1 } } };
    await meltanoOk(['state', 'set', '--force', 'dev:tap-59-to-target-39', JSON.stringify(state)], options);
    const { stdout: stored } = await meltanoOk(['state', 'get', 'dev:tap-59-to-target-39'], options);
    expect(JSON.parse(stored)).toEqual(state);
    await chmod(join(project.folder, 'x'), 0o755);
    await meltanoOk(['select', 'tap-59', 'stream-7', 'id'], options);
    const selected = await meltanoOk(['select', 'tap-59', '--list'], options);
    expect(selected.stdout).toMatch(/\[selected *\] stream-7\.id/);
  });
});
