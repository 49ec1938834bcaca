import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { meltano, meltanoOk, type TestProject, testProject } from './support/meltano-program.ts';

const yml = `default_environment: dev
environments: [{name: dev}]
plugins:
  utilities:
  - name: util
    namespace: util
    executable: /bin/sh
    settings: [{name: token, kind: password}, {name: host}, {name: port, kind: integer}]
    config: {token: '\${exec:./vault show token}', host: '\${file:host.txt}'}
    commands: {show: -c "echo $UTIL_TOKEN at $UTIL_HOST >&2; test $UTIL_TOKEN = s3cret-token"}
`;

async function project(): Promise<TestProject> {
  const made = await testProject({
    'meltano.yml': yml,
    'host.txt': 'db.internal\n',
    vault:
      '#!/bin/sh\ntouch called\n[ "$2" = token ] && echo s3cret-token && exit\necho "no entry $2" >&2\nexit 4\n',
  });
  await chmod(join(made.folder, 'vault'), 0o755);
  return made;
}

it('a plugin gets the values, nobody sees them', async () => {
  await using made = await project();
  const { stdout, stderr } = await meltanoOk(['run', 'util:show'], { cwd: made.folder });
  expect(stdout + stderr).not.toMatch(/s3cret-token|db\.internal/);
  expect(stderr).toContain('(redacted) at (redacted)');
});

it('listing shows where a value comes from and starts nothing; --unsafe shows it', async () => {
  await using made = await project();
  const cwd = made.folder;
  const list = await meltanoOk(['config', 'list', 'util', '--all'], { cwd });
  expect(list.stdout).toContain('current value: (from exec: ./vault show token)');
  expect(list.stdout).toContain('current value: (from file: host.txt)');
  const print = await meltanoOk(['config', 'print', 'util'], { cwd });
  expect(JSON.parse(print.stdout)).toMatchObject({
    token: '(from exec: ./vault show token)',
    host: '(from file: host.txt)',
  });
  const explain = await meltanoOk(['config', 'explain', 'util', 'token'], { cwd });
  expect(explain.stdout).toContain('(from exec: ./vault show token)');
  await meltanoOk(['compile'], { cwd });
  expect(existsSync(join(cwd, 'called'))).toBe(false);
  const unsafe = await meltanoOk(['config', '--unsafe', 'print', 'util'], { cwd });
  expect(JSON.parse(unsafe.stdout)).toMatchObject({ token: 's3cret-token', host: 'db.internal' });
});

it('a reference can be set, whatever the kind of the setting', async () => {
  await using made = await project();
  const cwd = made.folder;
  await meltanoOk(['config', 'set', 'util', 'port', '${env:UTIL_PORT_SOURCE}'], { cwd });
  const { stdout } = await meltanoOk(['config', '--unsafe', 'print', 'util'], {
    cwd,
    env: { UTIL_PORT_SOURCE: '5432' },
  });
  expect(JSON.parse(stdout)).toMatchObject({ port: 5432 });
});

it('a failing command: exit code, last line, setting', async () => {
  await using made = await project();
  const { code, stderr } = await meltano(['run', 'util:show'], {
    cwd: made.folder,
    env: { UTIL_TOKEN: '${exec:./vault show nothing}' },
  });
  expect(code).toBe(1);
  expect(stderr).toContain("Setting 'token' of utility 'util': The command `./vault show nothing`");
  expect(stderr).toContain('ended with exit code 4: no entry nothing');
});
