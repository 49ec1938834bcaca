import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive, pidsIn } from '../../test/support/processes.ts';
import { fixture } from '../../test/support/test-workspace.ts';
import { until } from '../../test/support/until.ts';
import type { RunEvent } from '../events.ts';

const program = fileURLToPath(new URL('../../test/support/run-alone.ts', import.meta.url));
const started: ChildProcess[] = [];
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'meltano-killed-'));
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

/** Starts the run of a tap and a target that both say who they are. */
function startRun() {
  const spec = join(root, 'spec.json');
  const pidFile = '$ROOT/pids';
  writeFileSync(
    spec,
    JSON.stringify({
      root,
      blocks: ['tap', 'target'],
      plugins: [
        {
          name: 'tap',
          type: 'extractors',
          executable: fixture('tap-forever'),
          capabilities: ['state'],
          config: { pid_file: pidFile, with_child: true },
        },
        {
          name: 'target',
          type: 'loaders',
          executable: fixture('target-collects'),
          config: { path: '$ROOT/out', pid_file: pidFile },
        },
      ],
    }),
  );
  const child = spawn(process.execPath, ['--conditions=meltano-source', program, spec], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: root },
  });
  started.push(child);
  const events: RunEvent[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) events.push(JSON.parse(part) as RunEvent);
  });
  return { child, events, has: (kind: RunEvent['kind']) => events.some((event) => event.kind === kind) };
}

/** A target that was killed may have left half a line. */
function loadedIds(): readonly number[] {
  const lines = readFileSync(join(root, 'out'), 'utf8').split('\n');
  return lines.flatMap((line) => /^\{"type":"RECORD".*"id":(\d+)\}\}$/.exec(line)?.[1] ?? []).map(Number);
}

/** Records that no run has loaded, although a later one was. */
function missingIds(): readonly number[] {
  const ids = new Set(loadedIds());
  return Array.from({ length: Math.max(...ids) }, (_, index) => index + 1).filter((id) => !ids.has(id));
}

test('a runner killed with SIGKILL leaves no process and no secret, and the next run goes on at once with nothing lost', async () => {
  const first = startRun();
  await until(() => first.has('state-stored') && pidsIn(root, 'pids').length === 3, 'the first run');
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const pids = pidsIn(root, 'pids');
  await until(() => !pids.some(isAlive), 'all processes of the first run are gone');
  const left = () => [
    ...readdirSync(join(root, '.meltano/run/tap')).filter((name) => name.endsWith('.config.json')),
    ...readdirSync(root).filter((name) => name.startsWith('meltano-pipes-')),
  ];
  await until(() => left().length === 0, 'pipes and config files are gone');

  const second = startRun();
  await until(() => second.has('state-stored'), 'the second run');
  expect(second.events.filter((event) => event.kind === 'state-loaded')).toHaveLength(1);
  second.child.kill('SIGTERM');
  expect(await once(second.child, 'exit')).toEqual([143, null]);
  expect(missingIds()).toEqual([]);
  expect(readFileSync(join(root, 'out'), 'utf8').trimEnd().endsWith('END')).toBe(true);
  expect(existsSync(join(root, '.meltano/run/tap/state.json'))).toBe(true);
});

test('killed again and again at any moment, nothing is lost and nothing is left (Invariants 1, 3, 8)', async () => {
  const rounds = 8;
  for (let round = 0; round < rounds; round += 1) {
    const run = startRun();
    const events = 3 + Math.floor(Math.random() * 40);
    await until(
      () => run.events.length >= events || run.child.exitCode !== null,
      `event ${events} of round ${round}`,
    );
    expect(run.events.filter((event) => event.kind === 'block-finished')).toEqual([]);
    run.child.kill('SIGKILL');
    await once(run.child, 'exit');
  }
  const last = startRun();
  await until(() => last.has('state-stored'), 'the last run');
  last.child.kill('SIGINT');
  expect(await once(last.child, 'exit')).toEqual([1, null]);
  expect(missingIds()).toEqual([]);
  await until(() => !pidsIn(root, 'pids').some(isAlive), 'all processes are gone');
});

test('two programs at once: one runs, the other is refused with the words of Meltano', async () => {
  const first = startRun();
  await until(() => first.has('state-stored'), 'the first run');
  const second = startRun();
  expect(await once(second.child, 'exit')).toEqual([1, null]);
  const [finished] = second.events.flatMap((event) =>
    event.kind === 'block-finished' ? [event.outcome] : [],
  );
  expect(finished?.error).toMatchObject({
    code: 'run.already_running',
    message: expect.stringMatching(
      /^Another 'dev:tap-to-target' pipeline is already running which started at \d{4}-/,
    ),
  });
  first.child.kill('SIGTERM');
  expect(await once(first.child, 'exit')).toEqual([143, null]);
});
