// The case `commands`: every command on a project of 100 plugins, beside Meltano's.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Measurement, measure, median } from './measure.ts';

export interface CommandBench {
  /** Where projects can be made. */
  readonly folder: string;
  /** The command line of this program. */
  readonly built: string;
  /** Meltano's, where there is one. */
  readonly oracle: string | undefined;
}

/** What is asked of both programs. */
const shared = [
  '--version',
  '--help',
  'add --help',
  'init --no-usage-stats new',
  'add --no-install --from-ref ref.yml tap-ref',
  'remove tap-30',
  'plugin list',
  'plugin list --format=json',
  'config print tap-59',
  'config list tap-59',
  'config list meltano',
  'config set tap-59 region us',
  'config unset tap-59 region',
  'select tap-59 --list',
  'select tap-59 --list --all',
  'select tap-59 stream-7 id',
  'state list',
  'state get dev:tap-59-to-target-39',
  `state set --force other '{"singer_state": {"bookmarks": {}}}'`,
  `state merge other '{"singer_state": {"bookmarks": {}}}'`,
  'state copy --force dev:tap-59-to-target-39 copied',
  'state clear --force copied',
  'environment list',
  'environment add staging',
  'job list',
  'job add weekly --tasks "tap-1 target-1"',
  'job remove nightly',
  'schedule list',
  'schedule list --format=json',
  'schedule add each-week --job nightly --interval @weekly',
  'schedule remove each-night',
  'install util-1',
  'invoke util-1:hello',
  'invoke --list-commands util-1',
  'run --dry-run tap-1 target-1',
  'run util-1:hello',
  'run tap-1 target-1',
  'el tap-1 target-1 --state-id=e',
  'test --all',
  'logs list',
  'compile',
  'upgrade database',
  'upgrade files',
] as const;

/** What only this program has. */
const ours = ['doctor', 'runs list', 'runs show'] as const;

/** Measures all commands, one after the other, and prints a line for each. */
export async function measureCommands({ folder, built, oracle }: CommandBench): Promise<void> {
  const programs: readonly (readonly [string, string])[] = [
    ['ours', built],
    ...(oracle === undefined ? [] : ([['theirs', oracle]] as const)),
  ];
  for (const [name, program] of programs) await makeProject(join(folder, `commands-${name}`), program);
  console.log('\ncommands: a project of 100 plugins');
  console.log(row(['command', 'wall s', 'CPU s', 'Meltano wall', 'CPU', 'x wall', 'x CPU']));
  for (const command of [...shared, ...ours]) {
    const isShared = shared.some((each) => each === command);
    const variants = (isShared ? programs : programs.slice(0, 1)).map(([name, program]) => ({
      name,
      command: `cp pristine.yml meltano.yml; rm -rf new; ${program} ${command} 2>/dev/null`,
      cwd: join(folder, `commands-${name}`),
    }));
    try {
      console.log(row(figures(command, await measure(variants))));
    } catch (error) {
      console.log(row([command, `not measured: ${String(error).split('\n', 1)[0]}`]));
    }
  }
}

function figures(command: string, results: ReadonlyMap<string, readonly Measurement[]>): readonly string[] {
  const own = results.get('ours') ?? [];
  const theirs = results.get('theirs');
  const texts = (runs: readonly Measurement[]) => [
    median(runs.map((run) => run.wall)).toFixed(3),
    median(runs.map((run) => run.cpu)).toFixed(3),
  ];
  if (theirs === undefined) return [command, ...texts(own)];
  const ratio = (part: 'wall' | 'cpu') =>
    median(theirs.map((run, index) => run[part] / (own[index]?.[part] ?? run[part]))).toFixed(1);
  return [command, ...texts(own), ...texts(theirs), ratio('wall'), ratio('cpu')];
}

function row([command = '', ...cells]: readonly string[]): string {
  return [command.slice(0, 52).padEnd(52), ...cells.map((cell) => cell.padStart(12))].join(' ');
}

const settings =
  'settings: [{name: token, kind: password, sensitive: true}, {name: region, value: eu}, {name: since, kind: date_iso8601}, {name: options, kind: object}]';

function entries(kind: string, count: number, more: string): string {
  return Array.from({ length: count }, (_, index) => {
    const name = `${kind}-${index}`;
    return `  - {name: ${name}, namespace: ${name.replace('-', '_')}, ${settings}, config: {token: $TOKEN, since: 2024-01-01}, ${more}}`;
  }).join('\n');
}

const projectFile = `default_environment: dev
project_id: 0196f1b2-0000-7000-8000-000000000000
send_anonymous_usage_stats: false
environments: [{name: dev}, {name: prod}]
plugins:
  extractors:
${entries('tap', 60, 'executable: ./tap.sh, capabilities: [catalog, discover, state], catalog: catalog.json')}
  loaders:
${entries('target', 39, 'executable: ./target.sh')}
  utilities:
${entries('util', 1, 'executable: ./tap.sh').replaceAll('util-0', 'util-1')}
`.replace(/executable: .\/tap.sh}$/m, 'executable: ./tap.sh, commands: {hello: hello, test: test}}');

const rest = `jobs:
- {name: nightly, tasks: [tap-1 target-1, util-1:hello]}
schedules:
- {name: each-night, job: nightly, interval: '@daily'}
`;

async function makeProject(path: string, program: string): Promise<void> {
  mkdirSync(path);
  const programs = { 'tap.sh': 'exit 0', 'target.sh': 'cat >/dev/null' };
  for (const [name, body] of Object.entries(programs))
    writeFileSync(join(path, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  writeFileSync(join(path, 'catalog.json'), JSON.stringify({ streams: catalogStreams() }));
  writeFileSync(join(path, 'ref.yml'), 'name: tap-ref\nnamespace: tap_ref\nvariant: x\npip_url: tap-ref\n');
  writeFileSync(join(path, 'pristine.yml'), `${projectFile}${rest}`);
  cpSync(join(path, 'pristine.yml'), join(path, 'meltano.yml'));
  const state = `'{"singer_state": {"bookmarks": {"a": 1}}}'`;
  const prepare = [
    'run tap-1 target-1',
    ...['dev:tap-59-to-target-39', 'other'].map((id) => `state set --force ${id} ${state}`),
  ];
  for (const command of prepare)
    await measure([{ name: command, command: `${program} ${command} 2>/dev/null`, cwd: path }], 0);
}

/** 50 streams of ten columns. */
function catalogStreams(): readonly object[] {
  const names = Array.from({ length: 10 }, (_, index) => (index === 0 ? 'id' : `column_${index}`));
  return Array.from({ length: 50 }, (_, index) => ({
    tap_stream_id: `stream-${index}`,
    stream: `stream-${index}`,
    key_properties: ['id'],
    schema: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    },
    metadata: [[], ...names.map((name) => ['properties', name])].map((breadcrumb) => ({
      breadcrumb,
      metadata: { inclusion: 'available' },
    })),
  }));
}
