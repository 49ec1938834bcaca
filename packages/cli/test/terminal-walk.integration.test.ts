import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meltano, meltanoOk, type TestProject, testProject } from './support/meltano-program.ts';
import { atTerminal, hasTerminal } from './support/terminal.ts';

if (!hasTerminal)
  process.stderr.write('SKIPPED the walk in a terminal: it needs the `script` of util-linux\n');
if (!hasTerminal && process.platform === 'linux' && process.env['CI'] === 'true')
  throw new Error('install util-linux: the walk in a terminal needs its `script`');

const yml = `default_environment: dev
environments: [{name: dev}, {name: prod}]
jobs: [{name: nightly, tasks: [tap-csv target-jsonl, tap-with-a-long-name target-jsonl]}]
schedules: [{name: each-night, job: nightly, interval: '@daily'}]
plugins:
  extractors:
  - name: tap-csv
    variant: native
    config:
      files:
      - {entity: people, path: data/people.csv, keys: [id]}
      - {entity: a-stream-with-quite-a-long-name-of-its-own, path: data/people.csv, keys: [id]}
  - name: tap-with-a-long-name
    namespace: tap_with_a_long_name
    executable: ./tap.sh
    capabilities: [catalog, discover, state]
    settings:
    - {name: host, label: Host, description: 'The name of the machine that the source runs on, or its address; what stands behind a colon is taken for its port'}
    - {name: password, sensitive: true}
    config: {host: a.rather.long.name.of.a.machine.in.some.network.example.com}
  loaders:
  - {name: target-jsonl, namespace: target_jsonl, executable: ./target.sh}
`;

const target = `#!/bin/sh
cat >/dev/null
`;
const failing = `#!/bin/sh
for i in 1 2 3 4 5 6 7 8 9 10; do printf 'a word of what the extractor has to say '; done >&2
exit 3
`;

let project: TestProject;
beforeAll(async () => {
  project = await testProject({
    'meltano.yml': yml,
    'data/people.csv': 'id,name\n1,Ann\n2,Bo\n',
    'tap.sh': failing,
    'target.sh': target,
  });
  for (const program of ['tap.sh', 'target.sh']) await chmod(join(project.folder, program), 0o755);
  await meltanoOk(['lock', 'tap-csv'], { cwd: project.folder });
  await meltanoOk(['run', 'tap-csv', 'target-jsonl'], { cwd: project.folder });
  await writeFile(join(project.folder, '.env'), 'A=1\n', { mode: 0o644 });
});
afterAll(() => project[Symbol.asyncDispose]());

/** What people type most, and what they type wrong. */
const walk: readonly (readonly string[])[] = [
  ['--help'],
  ['run', '--help'],
  ['config', 'set', '--help'],
  ['rnu'],
  ['run'],
  ['config', 'print', '--unsafe', 'tap-csv'],
  ['invoke', 'tap-cvs'],
  ['run', 'tap-cvs', 'target-jsonl'],
  ['install'],
  ['install', 'tap-none'],
  ['lock'],
  ['config', 'list', 'tap-with-a-long-name'],
  ['config', 'list', 'tap-csv', '--all'],
  ['config', 'print', 'tap-csv'],
  ['config', 'explain', 'tap-with-a-long-name', 'host'],
  ['config', 'explain', 'tap-csv', 'invalid_rows'],
  ['config', 'set', 'tap-with-a-long-name', 'password', 'hunter2-secret'],
  ['select', 'tap-csv', '--list', '--all'],
  ['select', 'tap-csv', 'peple', '*'],
  ['select', 'tap-csv', '--clear'],
  ['run', '--dry-run', 'tap-csv', 'target-jsonl'],
  ['preview', 'tap-csv'],
  ['run', 'tap-csv', 'target-jsonl'],
  ['run', 'nightly'],
  ['runs', 'list'],
  ['runs', 'show'],
  ['logs', 'list'],
  ['state', 'list'],
  ['state', 'get', 'dev:tap-csv-to-target-jsonl'],
  ['state', 'history', 'dev:tap-csv-to-target-jsonl'],
  ['job', 'list'],
  ['schedule', 'list'],
  ['environment', 'list'],
  ['plugin', 'list'],
  ['test', '--all'],
  ['compile'],
  ['upgrade'],
  ['upgrade', 'database'],
  ['doctor'],
];

/** Nothing in it could stand on another line: one long word, or a command that is to be copied whole. */
function isUnbreakable(line: string, columns: number): boolean {
  const text = line.trim().replace(/^(?:fix:|-->|\S+:) +/, '');
  return text.startsWith('meltano ') || text.split(' ').some((word) => word.length > columns - 20);
}

/** Results in a form for programs are not laid out: the terminal may break them where it likes. */
const isData = (args: readonly string[]) => ['print', 'get'].includes(args[1] ?? '') || args[0] === 'compile';

/** Those that have more to show where there is more room. */
const isRoomy = ([command, subcommand]: readonly string[]) =>
  (command === 'config' && subcommand !== 'set') || ['run', 'runs', 'logs', 'doctor'].includes(command ?? '');

const cases = walk.flatMap((args) => [
  ...(isData(args) ? [] : [{ line: args.join(' '), args, columns: 80 }]),
  ...(!isData(args) && isRoomy(args) ? [{ line: args.join(' '), args, columns: 160 }] : []),
]);

it.skipIf(!hasTerminal).each(cases)(
  'no line of `meltano $line` is broken at $columns columns',
  async ({ args, columns }) => {
    const { lines, raw } = await atTerminal(args, { cwd: project.folder, columns });
    const wide = lines.filter((line) => line.length > columns && !isUnbreakable(line, columns));
    expect(wide).toEqual([]);
    expect(lines.join('\n').trim()).not.toBe('');
    expect(raw).not.toContain('hunter2');
    expect(raw).not.toMatch(/undefined|\[object|NaN/);
  },
);

describe.skipIf(!hasTerminal)('without colour', () => {
  const cwd = () => project.folder;

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['TERM=dumb', { TERM: 'dumb' }],
  ])('with %s no word is painted', async (_, env) => {
    for (const args of [
      ['config', 'list', 'tap-csv'],
      ['run', 'tap-cvs', 'x'],
      ['doctor'],
      ['runs', 'list'],
    ]) {
      const { raw } = await atTerminal(args, { cwd: cwd(), columns: 80, env });
      // oxlint-disable-next-line no-control-regex -- escape sequences
      expect(raw, args.join(' ')).not.toMatch(/\u001b\[[0-9;]*m/);
    }
  });

  it('a dumb terminal is never asked to move its cursor', async () => {
    const run = await atTerminal(['run', 'nightly'], { cwd: cwd(), columns: 80, env: { TERM: 'dumb' } });
    expect(run.raw).not.toContain('\u001b');
    expect(run.lines.join('\n')).toContain('meltano runs show');
  });

  it('in a pipe there are no codes, no broken lines, and the words that scripts know', async () => {
    const { stderr, stdout } = await meltano(['config', 'list', 'tap-with-a-long-name'], { cwd: cwd() });
    expect(stderr).toMatch(
      /^\S{27} \[info {5}\] meltano {6}The default environment 'dev' will be ignored for `meltano config`\. To configure a specific environment, please use the option `--environment=<environment name>`\.\n$/,
    );
    expect(stdout).toMatch(/^\tHost: The name of the machine .* is taken for its port$/m);
    expect(stdout + stderr).not.toContain('\u001b');
  });
});

describe.skipIf(!hasTerminal)('a run', () => {
  const at = (columns: number, ...args: readonly string[]) =>
    atTerminal(args, { cwd: project.folder, columns, env: { NO_COLOR: '1' } });

  it('that succeeds ends with what came of it, told once', async () => {
    const { lines, code } = await at(80, 'run', 'tap-csv', 'target-jsonl');
    const text = lines.join('\n');
    expect(code).toBe(0);
    expect(text).not.toMatch(/Run completed|records read/);
    expect(text).toMatch(
      /\n✓ tap-csv target-jsonl {3}4 rows .*\n[\s\S]*\nRun \S+ succeeded after .*\n {2}Details: +meltano runs show \S+\n$/,
    );
  });

  it('that fails ends with the cause, what to see and what to type', async () => {
    const { lines, code } = await at(80, 'run', 'tap-with-a-long-name', 'target-jsonl');
    expect(code).toBe(1);
    const text = lines.join('\n');
    expect(text).not.toMatch(/Run completed|Extractor failed\n[\s\S]*Extractor failed/);
    expect(text).toMatch(
      /\n✗ tap-with-a-long-name target-jsonl .*\n(?: {4}.*\n)+ {4}fix: meltano invoke tap-with-a-long-name/,
    );
    expect(text).toMatch(
      /\nRun \S+ failed after .*\n {2}See all output: {2}meltano runs logs \S+\n {2}Try again: .*\n$/,
    );
  });

  it('is at a wide terminal shown with whole times and ids', async () => {
    const narrow = (await at(80, 'runs', 'list')).lines[1] ?? '';
    const wide = (await at(160, 'runs', 'list')).lines[1] ?? '';
    expect(narrow).toMatch(/ [0-9a-f]{8}-[0-9a-f]{4,5}\S* +\d{4}-\d\d-\d\d \d\d:\d\d /);
    expect(wide).toMatch(/ [0-9a-f-]{36} +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /);
  });
});

it('in a pipe a run that fails says below its log what to see and what to type', async () => {
  const { stderr, code } = await meltano(['run', 'tap-with-a-long-name', 'target-jsonl'], {
    cwd: project.folder,
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /Run completed\n {2}How it ended: {4}failed after [^\n]+\n {2}What happened: {3}meltano runs show \S{36}\n {2}See all output: {2}meltano runs logs \S{36}\n {2}Try again: {7}meltano run tap-with-a-long-name target-jsonl\n$/,
  );
  const json = await meltano(['--log-format=json', 'run', 'tap-with-a-long-name', 'target-jsonl'], {
    cwd: project.folder,
  });
  for (const line of json.stderr.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
});
