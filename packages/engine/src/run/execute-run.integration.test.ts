import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TestPlugin } from '../../test/support/plugins.ts';
import { isAlive, pidsIn } from '../../test/support/processes.ts';
import { createTestBench, type TestBench } from '../../test/support/test-run.ts';
import { fixture } from '../../test/support/test-workspace.ts';
import { until } from '../../test/support/until.ts';

type Config = NonNullable<TestPlugin['config']>;

function tap(name: string, config: Config = {}, more: Partial<TestPlugin> = {}): TestPlugin {
  return {
    name: 'tap',
    type: 'extractors',
    executable: fixture(name),
    capabilities: ['state'],
    config,
    ...more,
  };
}

function target(name: string, config: Config = {}, more: Partial<TestPlugin> = {}): TestPlugin {
  return { name: 'target', type: 'loaders', executable: fixture(name), config, ...more };
}

function mapper(name: string, config: Config = {}): TestPlugin {
  return { name: 'mapper', mapping: 'renames', type: 'mappers', executable: fixture(name), config };
}

const collects = target('target-collects', { path: '$ROOT/out' });

function lines(bench: TestBench, path = 'out'): readonly string[] {
  return readFileSync(join(bench.root, path), 'utf8').trimEnd().split('\n');
}

async function stateOf(bench: TestBench, stateId = 'dev:tap-to-target') {
  return (await bench.states.store.get(stateId))?.completed['singer_state'];
}

async function runPair(bench: TestBench, request = {}) {
  return (await bench.start(['tap', 'target'], request)).outcome;
}

describe.each([{ threads: true }, { threads: false }])('a pair of processes ($threads)', ({ threads }) => {
  const options = { threads, graceMs: 1_000, leftoverGraceMs: 300 };

  test('counts are exact, every line arrives, the state is stored', async () => {
    const bench = createTestBench([tap('tap-rows', { rows: 2500, streams: ['a', 'b'] }), collects], options);
    const outcome = await runPair(bench);
    expect(outcome).toMatchObject({ status: 'succeeded', exitCode: 0 });
    expect(outcome.blocks[0]?.streams).toMatchObject([
      { stream: 'a', read: 2500 },
      { stream: 'b', read: 2500 },
    ]);
    expect(lines(bench)).toHaveLength(5004);
    expect(await stateOf(bench)).toEqual({ bookmarks: { a: { id: 2500 }, b: { id: 2500 } } });
    expect(bench.runs.rows).toMatchObject([{ state: 'SUCCESS', flags: 1 }]);
    expect(bench.states.leases.size).toBe(0);
  });

  test('a second run goes on after the first', async () => {
    const bench = createTestBench([tap('tap-rows', { rows: 5 }), collects], options);
    await runPair(bench);
    await runPair(bench);
    expect(await stateOf(bench)).toEqual({ bookmarks: { rows: { id: 10 } } });
    expect(lines(bench).filter((line) => line.includes('"id":3'))).toHaveLength(1);
  });

  test('one write per line and a last line without line end', async () => {
    const bench = createTestBench([tap('tap-flushes', { rows: 3000 }), collects], options);
    const outcome = await runPair(bench);
    expect(outcome.blocks[0]?.streams).toMatchObject([{ stream: 'rows', read: 3000 }]);
    const other = createTestBench(
      [
        tap('tap-lines', {
          text: '{"type":"RECORD","stream":"r","record":{"a":1}}\n{"type":"STATE","value":{"x":1.0}}',
        }),
        collects,
      ],
      options,
    );
    expect(await runPair(other)).toMatchObject({ status: 'succeeded' });
    expect(await stateOf(other)).toEqual({ x: 1 });
  });

  test('a tap that dies in the middle: what it had finished is kept, half a line is not passed on', async () => {
    const bench = createTestBench([tap('tap-dies-after-3'), collects], options);
    const outcome = await runPair(bench);
    expect(outcome).toMatchObject({ status: 'failed', exitCode: 1 });
    expect(outcome.blocks[0]).toMatchObject({
      error: {
        message: 'Extractor failed',
        causes: [expect.stringMatching(/^tap ended with exit code 1 .*the source has gone away/)],
        hint: `meltano runs logs ${outcome.runId}`,
      },
      processes: { tap: { exitCode: 1 }, target: { exitCode: 0 } },
    });
    expect(await stateOf(bench)).toEqual({ bookmarks: { rows: { id: 3 } } });
    expect(lines(bench).at(-1)).toBe('END');
    expect(bench.runs.rows).toMatchObject([{ state: 'FAIL', error: 'Extractor failed' }]);
  });

  test('a tap that exits with 0 in the middle of a line has failed', async () => {
    const bench = createTestBench(
      [tap('tap-lines', { text: '{"type":"STATE","value":{}}\n{"type":"RECORD","str' }), collects],
      options,
    );
    const outcome = await runPair(bench);
    expect(outcome.blocks[0]?.error?.code).toBe('run.unfinished_line');
    expect(lines(bench)).toEqual(['{"type":"STATE","value":{}}', 'END']);
  });

  test('a target that dies: its states are kept, the tap is ended', async () => {
    const bench = createTestBench(
      [tap('tap-forever', { pid_file: '$ROOT/pid' }), target('target-dies', { after: 20 })],
      options,
    );
    const outcome = await runPair(bench);
    expect(outcome.blocks[0]).toMatchObject({ status: 'failed', error: { message: 'Loader failed' } });
    expect(await stateOf(bench)).toEqual({ bookmarks: { rows: { id: 19 } } });
    expect(pidsIn(bench.root, 'pid').some(isAlive)).toBe(false);
  });

  test('a target that ends early with code 0 is a failure that says so', async () => {
    const bench = createTestBench(
      [tap('tap-forever'), target('target-collects', { path: '$ROOT/out', stop_after: 5 })],
      options,
    );
    const outcome = await runPair(bench);
    expect(outcome.blocks[0]?.error).toMatchObject({
      code: 'run.loader_ended_early',
      message: expect.stringContaining('before it had read everything'),
    });
  });

  test('both fail', async () => {
    const bench = createTestBench(
      [tap('tap-dies-after-3'), target('target-collects', { exit_code: 4 })],
      options,
    );
    const outcome = await runPair(bench);
    expect(outcome.blocks[0]?.error?.message).toBe('Extractor and loader failed');
  });

  test('a broken line passes with a warning', async () => {
    const bench = createTestBench(
      [tap('tap-lines', { text: 'oops\n{"type":"STATE","value":{"a":1}}\n' }), target('target-counts')],
      options,
    );
    expect(await runPair(bench)).toMatchObject({ status: 'succeeded' });
    expect(bench.logText()).toContain('A line of 5 bytes');
    expect(await stateOf(bench)).toEqual({ bytes: 38, lines: 2 });
  });

  test('a flood on standard error, long lines and bytes that are no text', async () => {
    const bench = createTestBench([tap('tap-floods-stderr'), collects], options);
    expect(await runPair(bench)).toMatchObject({ status: 'succeeded' });
    const log = bench.logText();
    expect(log).toContain('\ufffd\ufffdA');
    expect(log).toContain('the end of the noise');
    expect(await stateOf(bench)).toEqual({ done: true });
  });

  test('a process that a tap leaves behind neither blocks the run nor outlives it', async () => {
    const bench = createTestBench(
      [tap('tap-leaves-grandchild', { pid_file: '$ROOT/pid' }), collects],
      options,
    );
    expect(await runPair(bench)).toMatchObject({ status: 'succeeded' });
    expect(await stateOf(bench)).toEqual({ id: 1 });
    const [pid] = pidsIn(bench.root, 'pid');
    await until(() => !isAlive(pid ?? 0), 'the process left behind is gone');
  });

  test('a tap that closes its output and does not end', async () => {
    const bench = createTestBench([tap('tap-closes-output'), collects], options);
    expect(await runPair(bench)).toMatchObject({ status: 'succeeded' });
  });

  test('Ctrl-C drains: the target loads what was read, its last state is stored', async () => {
    const bench = createTestBench([tap('tap-forever'), target('target-slow', { ms: 1 })], options);
    const run = await bench.start(['tap', 'target']);
    await until(() => (bench.eventsOf('progress').at(-1)?.streams[0]?.read ?? 0) > 20, 'some records');
    run.stop('interrupted');
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ status: 'interrupted', exitCode: 1 });
    expect(bench.runs.rows).toMatchObject([{ state: 'FAIL', error: 'The process was interrupted' }]);
    const state = (await stateOf(bench)) as { loaded: number; bookmarks: { rows: { id: number } } };
    expect(state.loaded).toBe(outcome.blocks[0]?.streams[0]?.read);
    expect(state.bookmarks.rows.id).toBeGreaterThanOrEqual(state.loaded - 1);
    expect(outcome.blocks[0]?.processes['target']).toMatchObject({ exitCode: 0, killed: false });
  });

  test('a tap that ignores SIGTERM is killed after the grace period, and the target still finishes', async () => {
    const bench = createTestBench(
      [tap('tap-forever', { ignore_sigterm: true }), target('target-slow', { ms: 0 })],
      { ...options, graceMs: 200 },
    );
    const run = await bench.start(['tap', 'target']);
    await until(() => (bench.eventsOf('progress').at(-1)?.streams[0]?.read ?? 0) > 5, 'some records');
    run.stop('terminated');
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ status: 'interrupted', exitCode: 143 });
    expect(outcome.blocks[0]?.processes['tap']).toMatchObject({ signal: 'SIGKILL', killed: true });
    expect(outcome.blocks[0]?.processes['target']).toMatchObject({ exitCode: 0 });
    expect(bench.runs.rows).toMatchObject([{ error: 'The process was terminated' }]);
  });

  test('a second request kills everything at once', async () => {
    const bench = createTestBench(
      [
        tap('tap-forever', { ignore_sigterm: true, pid_file: '$ROOT/pid' }),
        target('target-never-reads', { ignore_sigterm: true, pid_file: '$ROOT/pid' }),
      ],
      { ...options, graceMs: 600_000 },
    );
    const run = await bench.start(['tap', 'target']);
    await until(() => pidsIn(bench.root, 'pid').length === 2, 'both processes');
    run.stop('interrupted');
    run.stop('interrupted');
    const outcome = await run.outcome;
    expect(outcome.blocks[0]?.processes).toMatchObject({
      tap: { signal: 'SIGKILL' },
      target: { signal: 'SIGKILL' },
    });
  });

  test('a target that never reads ends by the time limit', async () => {
    const bench = createTestBench([tap('tap-rows', { rows: 100_000 }), target('target-never-reads')], {
      ...options,
      graceMs: 200,
    });
    const outcome = await runPair(bench, { timeoutSeconds: 1 });
    expect(outcome).toMatchObject({ status: 'timed-out', exitCode: 1 });
    expect(outcome.blocks[0]?.processes['target']).toMatchObject({ killed: true });
  });

  test('a silent tap is ended by the first request', async () => {
    const bench = createTestBench([tap('tap-silent'), collects], { ...options, graceMs: 600_000 });
    const run = await bench.start(['tap', 'target']);
    await until(() => existsSync(join(bench.root, '.meltano/run/tap')), 'the tap');
    await until(() => bench.eventsOf('process-started').length === 2, 'both processes');
    run.stop('interrupted');
    expect((await run.outcome).blocks[0]?.processes['tap']).toMatchObject({ signal: 'SIGTERM' });
  });

  test('mappers between; a mapper that dies ends the run with what the target has', async () => {
    const bench = createTestBench(
      [tap('tap-rows', { rows: 100 }), mapper('mapper-renames'), collects],
      options,
    );
    const outcome = await (await bench.start(['tap', 'renames', 'target'])).outcome;
    expect(outcome).toMatchObject({ status: 'succeeded' });
    expect(lines(bench).filter((line) => line.includes('"mapped":true'))).toHaveLength(100);
    const other = createTestBench(
      [tap('tap-forever'), mapper('mapper-renames', { die_after: 9 }), collects],
      options,
    );
    const failed = await (await other.start(['tap', 'renames', 'target'])).outcome;
    expect(failed.blocks[0]?.error?.message).toBe(
      'Unexpected completion sequence in ExtractLoadBlock set. Intermediate block (likely a mapper) failed.',
    );
    const late = createTestBench(
      [tap('tap-rows'), mapper('mapper-renames', { exit_code: 2 }), collects],
      options,
    );
    const mappers = await (await late.start(['tap', 'renames', 'target'])).outcome;
    expect(mappers.blocks[0]?.error?.message).toBe('Mappers failed');
  });

  test('a SCHEMA beyond the limit fails with stream, size and setting', async () => {
    const bench = createTestBench([tap('tap-huge-schema', { bytes: 12_000_000 }), target('target-counts')], {
      ...options,
      settings: { 'elt.buffer_size': 10_000_000 },
    });
    const outcome = await runPair(bench);
    expect(outcome.status).toBe('failed');
    expect(outcome.blocks[0]?.error).toMatchObject({
      code: 'run.line_too_long',
      message: expect.stringMatching(
        /^Output line length limit exceeded: a SCHEMA message of stream 'wide'.*10000000.*elt\.buffer_size/,
      ),
    });
  });

  test.each([{ order: false }, { order: true }])(
    'a RECORD line of 200 MB passes, whatever the order of its members',
    async ({ order }) => {
      const bytes = 200 * 1024 * 1024;
      const bench = createTestBench(
        [tap('tap-huge-record', { bytes, order }), target('target-counts')],
        options,
      );
      const outcome = await runPair(bench);
      expect(outcome).toMatchObject({ status: 'succeeded' });
      expect(outcome.blocks[0]?.streams).toMatchObject([{ stream: 'rows', read: 3 }]);
      expect(await stateOf(bench)).toMatchObject({ lines: 5 });
    },
  );
});

test('a process that leaves its group and keeps the pipe does not hang the run', async () => {
  const bench = createTestBench(
    [tap('tap-leaves-grandchild', { pid_file: '$ROOT/pid', own_session: true }), collects],
    {
      leftoverGraceMs: 200,
    },
  );
  expect((await runPair(bench)).blocks[0]?.processes['tap']).toMatchObject({ exitCode: 0 });
  const [pid] = pidsIn(bench.root, 'pid');
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
});

test.each([{ own_session: false }, { own_session: true }])(
  'a process that a target leaves behind holds neither its input nor its output ($own_session)',
  async (config) => {
    const bench = createTestBench(
      [
        tap('tap-rows', { rows: 100_000 }),
        target('target-leaves-grandchild', { pid_file: '$ROOT/pid', ...config }),
      ],
      { leftoverGraceMs: 200 },
    );
    const outcome = await runPair(bench);
    const [pid] = pidsIn(bench.root, 'pid');
    if (config.own_session && pid !== undefined) process.kill(pid, 'SIGKILL');
    expect(outcome.blocks[0]?.error?.message).toBe('Loader failed');
    await until(() => !isAlive(pid ?? 0), 'the process left behind is gone');
  },
);

test('a target that reads nothing and exits with 0 has not loaded what it was given', async () => {
  for (let round = 0; round < 10; round += 1) {
    const bench = createTestBench([tap('tap-rows', { rows: 3 }), target('target-reads-nothing')]);
    const outcome = await runPair(bench);
    expect(outcome.blocks[0]?.error?.code).toBe('run.loader_ended_early');
  }
});

test('states that are none get a warning; the last good one counts', async () => {
  const bench = createTestBench([
    tap('tap-rows'),
    target('target-says', { text: '{"a": 1}\n\n[1]\nnonsense\n{"a": 12345678901234567890}' }),
  ]);
  expect(await runPair(bench)).toMatchObject({ status: 'succeeded' });
  expect(JSON.stringify(await stateOf(bench))).toBe('{"a":12345678901234567890}');
  expect(bench.logText().match(/Received state is invalid/g)).toHaveLength(2);
});

test('state that cannot be stored fails the run', async () => {
  const bench = createTestBench([tap('tap-rows'), collects], { failWrites: () => true });
  const outcome = await runPair(bench);
  expect(outcome.blocks[0]?.error).toMatchObject({
    code: 'run.state_not_stored',
    message: expect.stringContaining('Failed to persist incremental state to the configured backend'),
  });
  expect(bench.runs.rows).toMatchObject([{ state: 'FAIL' }]);
});

test('two runs of one state id at once: the second is refused, or takes over by force', async () => {
  const bench = createTestBench([tap('tap-forever'), collects]);
  const first = await bench.start(['tap', 'target']);
  await until(() => bench.states.writes.length > 0, 'a state');
  const second = await (await bench.start(['tap', 'target'])).outcome;
  expect(second.blocks[0]?.error).toMatchObject({
    code: 'run.already_running',
    message: expect.stringMatching(
      /^Another 'dev:tap-to-target' pipeline is already running which started at .*'--force' option$/,
    ),
  });
  expect(bench.runs.rows).toHaveLength(1);
  const third = await bench.start(['tap', 'target'], { force: true });
  const replaced = await first.outcome;
  expect(replaced.blocks[0]?.status).toBe('failed');
  expect(replaced.blocks[0]?.error?.message).toContain('lease');
  third.stop('interrupted');
  expect((await third.outcome).status).toBe('interrupted');
});

test('a full refresh reads no state and stores a partial one', async () => {
  const bench = createTestBench([tap('tap-rows', { rows: 5 }), collects]);
  await runPair(bench);
  await runPair(bench, { fullRefresh: true });
  expect(await bench.states.store.get('dev:tap-to-target')).toEqual({
    completed: { singer_state: { bookmarks: { rows: { id: 5 } } } },
    partial: { singer_state: { bookmarks: { rows: { id: 5 } } } },
  });
  expect(bench.runs.rows[1]).toMatchObject({ flags: 2 });
});

test('without state update nothing is read or stored', async () => {
  const bench = createTestBench([tap('tap-rows', { rows: 5 }), collects]);
  await runPair(bench, { noStateUpdate: true });
  expect(bench.runs.rows).toEqual([]);
  expect(bench.states.writes).toEqual([]);
});

test('config files are private while the run lasts and gone after it', async () => {
  const bench = createTestBench([tap('tap-forever', { password: 'hunter22' }), collects]);
  const run = await bench.start(['tap', 'target']);
  const folder = join(bench.root, '.meltano/run/tap');
  const configs = () => readdirSync(folder).filter((name) => name.endsWith('.config.json'));
  await until(() => bench.eventsOf('process-started').length === 2, 'both processes');
  expect(configs()).toHaveLength(1);
  expect(statSync(join(folder, configs()[0] ?? '')).mode & 0o777).toBe(0o600);
  run.stop('interrupted');
  await run.outcome;
  expect(configs()).toEqual([]);
});

test('secrets that plugins write stay hidden', async () => {
  const bench = createTestBench([tap('tap-dies-after-3', {}, { secrets: ['gone away'] }), collects]);
  await runPair(bench);
  expect(JSON.stringify(bench.events)).not.toContain('gone away');
  expect(bench.logText()).toContain('the source has (redacted)');
});

test('a program that is not there is told before anything starts', async () => {
  const bench = createTestBench([tap('tap-rows'), target('target-missing')]);
  const outcome = await runPair(bench);
  expect(outcome.blocks[0]?.error?.message).toMatch(
    /^Cannot start plugin target: Executable '.*target-missing\.mjs' could not be found\./,
  );
  expect(bench.eventsOf('process-started')).toEqual([]);
});

test('events are numbered without gaps and end with the outcome', async () => {
  const bench = createTestBench([tap('tap-rows'), collects]);
  const outcome = await runPair(bench);
  expect(bench.events.map((event) => event.seq)).toEqual(bench.events.map((_, index) => index + 1));
  expect(bench.events[0]?.kind).toBe('run-started');
  expect(bench.events.at(-1)).toMatchObject({ kind: 'run-finished', outcome });
});

describe('commands', () => {
  const command = (name: string, env: Readonly<Record<string, string>> = {}): TestPlugin => ({
    name: 'util',
    type: 'utilities',
    executable: fixture(name),
    env,
    commands: { show: { args: `one "two three" $WORD` }, unset: { args: '$NOT_SET_ANYWHERE' } },
  });

  test('arguments are split and expanded; output of any length and kind is read', async () => {
    const bench = createTestBench([command('command-prints', { WORD: 'four', BYTES: '300000' })]);
    const outcome = await (await bench.start(['util:show'])).outcome;
    expect(outcome).toMatchObject({ status: 'succeeded' });
    expect(bench.logText()).toContain('info: one two three four\n');
    expect(bench.logText()).toContain('\ufffd');
  });

  test('failures: exit code, unset variable, unknown command', async () => {
    const bench = createTestBench([command('command-prints', { WORD: 'x', CODE: '7' })]);
    const run = async (block: string) =>
      (await (await bench.start([block])).outcome).blocks[0]?.error?.message;
    expect(await run('util:show')).toBe('`util show` failed with exit code: 7');
    expect(await run('util')).toBe('`util` failed with exit code: 7');
    expect(await run('util:unset')).toContain(
      "Command 'unset' referenced unset environment variable '$NOT_SET_ANYWHERE'",
    );
    expect(await run('util:nothing')).toContain(
      "Command 'nothing' could not be found. Utility 'util' supports the following commands: show, unset",
    );
  });

  test('a stop ends the command and what it started', async () => {
    const bench = createTestBench([
      command('command-forever', { PID_FILE: '$ROOT/pid' }),
      tap('tap-rows'),
      collects,
    ]);
    const run = await bench.start(['util', 'tap', 'target']);
    await until(() => pidsIn(bench.root, 'pid').length === 2, 'the command');
    run.stop('terminated');
    const outcome = await run.outcome;
    expect(outcome.blocks.map((block) => block.status)).toEqual(['interrupted', 'skipped']);
    await until(() => !pidsIn(bench.root, 'pid').some(isAlive), 'both processes are gone');
  });

  test('a stop ends what runs before the command, and removes its configuration file', async () => {
    const bench = createTestBench([
      { ...command('command-forever', { PID_FILE: '$ROOT/pid' }), name: 'superset' },
      tap('tap-rows'),
      collects,
    ]);
    const file = join(bench.root, '.meltano/run/superset/superset_config.py');
    const run = await bench.start(['superset', 'tap', 'target']);
    await until(() => pidsIn(bench.root, 'pid').length === 2, 'the command before');
    expect(existsSync(file)).toBe(true);
    run.stop('terminated');
    const outcome = await run.outcome;
    expect(outcome.blocks.map((block) => block.status)).toEqual(['interrupted', 'skipped']);
    await until(() => !pidsIn(bench.root, 'pid').some(isAlive), 'both processes are gone');
    expect(existsSync(file)).toBe(false);
  });
});

test('a run leaves no descriptor, thread or child behind, whatever became of it', async () => {
  const descriptors = () => readdirSync('/proc/self/fd').length;
  const children = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim();
  const failing = [
    [tap('tap-rows'), collects],
    [tap('tap-dies-after-3'), collects],
    [tap('tap-forever'), target('target-dies', { after: 2 })],
    [tap('tap-rows'), target('target-missing')],
    [tap('tap-leaves-grandchild'), collects],
  ] as const;
  const all = async () => {
    for (const plugins of failing) await runPair(createTestBench(plugins, { leftoverGraceMs: 100 }));
  };
  await all();
  await until(() => children() === '', 'no children');
  const before = descriptors();
  await all();
  await until(() => children() === '', 'no children');
  await until(() => descriptors() <= before, 'no more descriptors than before', 10_000);
  expect(children()).toBe('');
});
