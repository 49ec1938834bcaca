import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meltanoOk, testProject } from './support/meltano-program.ts';

const yml = `plugins:
  extractors:
  - name: tap-s
    namespace: tap_s
    executable: /bin/true
    settings:
    - {name: creds, kind: object, sensitive: true, aliases: [login]}
    - {name: box, kind: object}
    - {name: box.key, sensitive: true}
    - {name: crate, kind: object}
    - {name: crate.key, sensitive: true}
    config:
      creds: {user: Bobby1, secret: NestedSecret1}
      login: {other: NestedSecret2}
      box: {open: seen, key: NestedSecret3}
`;

it('members of a sensitive object, and sensitive members of an object, are shown nowhere (Invariant 5)', async () => {
  await using project = await testProject({ 'meltano.yml': yml });
  const cwd = project.folder;
  const crate = '{"key": "NestedSecret4", "open": "seen"}';
  for (const args of [
    ['config', 'list', 'tap-s', '--all'],
    ['config', 'list', 'tap-s', '--format=json'],
    ['config', 'explain', 'tap-s', 'creds'],
    ['config', 'explain', 'tap-s', 'creds.secret'],
    ['config', 'explain', 'tap-s', 'login.other'],
    ['config', 'explain', 'tap-s', 'box'],
    ['config', 'explain', 'tap-s', 'crate'],
    ['config', 'print', 'tap-s'],
    ['config', 'print', 'tap-s', '--format=env'],
    ['compile'],
  ]) {
    const { stdout, stderr } = await meltanoOk(args, { cwd, env: { TAP_S_CRATE: crate } });
    expect(stdout + stderr, args.join(' ')).not.toMatch(/Bobby1|NestedSecret/);
  }
  const manifest = await readFile(join(cwd, '.meltano/manifests/meltano-manifest.json'), 'utf8');
  expect(manifest).not.toMatch(/Bobby1|NestedSecret/);
  const print = await meltanoOk(['config', 'print', 'tap-s'], { cwd });
  expect(JSON.parse(print.stdout)).toMatchObject({ box: { open: 'seen' } });
  const unsafe = await meltanoOk(['config', '--unsafe', 'print', 'tap-s'], { cwd });
  expect(JSON.parse(unsafe.stdout)).toMatchObject({ creds: { secret: 'NestedSecret1' } });
});

it('a member of a sensitive object is set in `.env`, unseen, and reaches the plugin, declared or not', async () => {
  await using project = await testProject({ 'meltano.yml': yml });
  const cwd = project.folder;
  for (const member of ['secret', 'token']) {
    const { stdout, stderr } = await meltanoOk(
      ['config', 'set', 'tap-s', `creds.${member}`, 'FreshSecret5'],
      {
        cwd,
      },
    );
    expect(stdout + stderr).not.toContain('FreshSecret5');
    expect(stdout).toContain('was set in `.env`: (redacted)');
  }
  expect(await readFile(join(cwd, 'meltano.yml'), 'utf8')).not.toContain('FreshSecret5');
  expect(await readFile(join(cwd, '.env'), 'utf8')).toContain('FreshSecret5');
  const print = await meltanoOk(['config', '--unsafe', 'print', 'tap-s'], { cwd });
  expect(JSON.parse(print.stdout)).toMatchObject({
    creds: { user: 'Bobby1', secret: 'FreshSecret5', token: 'FreshSecret5' },
  });
  await meltanoOk(['config', 'unset', 'tap-s', 'creds.token'], { cwd });
  expect(await readFile(join(cwd, 'meltano.yml'), 'utf8')).toBe(yml);
});
