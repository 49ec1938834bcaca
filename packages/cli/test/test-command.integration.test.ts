import { expect, it } from 'vitest';
import { meltano, testProject } from './support/meltano-program.ts';

const yml = `default_environment: dev
environments: [{name: dev}]
plugins:
  utilities:
  - name: util
    namespace: util
    executable: /bin/sh
    settings: [{name: token, kind: password, value: hunter2-secret}]
    commands:
      test-one: -c "echo hello; echo oops $UTIL_TOKEN >&2"
      test-two: {args: -c "exit 3"}
      other: -c "echo no"
  - {name: util2, namespace: util2, executable: /bin/sh, commands: {test: -c "echo hello2"}}
  extractors:
  - {name: tap-x, namespace: tap_x, executable: /bin/sh, commands: {test: -c true}}
`;

async function test(...names: readonly string[]) {
  await using project = await testProject({ 'meltano.yml': yml });
  return await meltano(['test', ...names], { cwd: project.folder });
}

const head = (name: string) => {
  const fill = '='.repeat(Math.floor((78 - name.length) / 2));
  return `\n${fill} ${name} ${fill}\n`;
};

it('nothing is tested without a name', async () => {
  const { code, stdout } = await test();
  expect(code).toBe(0);
  expect(stdout).toBe(
    '\n\n=== Testing completed successfully. 0 test(s) successful. 0 test(s) failed. ===\n',
  );
});

it('all tests of a plugin, and the exit code of a failure', async () => {
  const { code, stdout, stderr } = await test('util');
  expect(code).toBe(1);
  expect(stdout).toBe(
    `${head('util:test-one')}hello\n${head('util:test-two')}
util:test-one....................................... success
util:test-two....................................... failure

=== Testing completed with failures. 1 test(s) successful. 1 test(s) failed. ===
`,
  );
  expect(stderr).toMatch(/^oops \(redacted\)$/m);
});

it('--all follows the order of the project; a test can be named, in any order', async () => {
  const all = await test('--all');
  expect([...all.stdout.matchAll(/^([^.\s]+)\.+ (\S+)$/gm)].map((match) => match.slice(1))).toEqual([
    ['tap-x:test', 'success'],
    ['util:test-one', 'success'],
    ['util:test-two', 'failure'],
    ['util2:test', 'success'],
  ]);
  const named = await test('util2:test', 'util:other', 'util:test-one');
  expect(named.code).toBe(0);
  expect([...named.stdout.matchAll(/^([^.\s]+)\.+ /gm)].map(([, name]) => name)).toEqual([
    'util:test-one',
    'util:other',
    'util2:test',
  ]);
});

it('unknown names fail with the nearest ones', async () => {
  const plugin = await test('utill');
  expect(plugin.code).toBe(1);
  expect(plugin.stderr).toContain("'util'");
  const command = await test('util:nope');
  expect(command.code).toBe(1);
  expect(command.stderr).toContain("'nope'");
});
