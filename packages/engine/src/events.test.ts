import { expect, test } from 'vitest';
import type { RunEventBody } from './events.ts';
import type { RunOutcome } from './run/run-outcome.ts';

const result = {
  exitCode: 1,
  signal: undefined,
  killed: false,
  durationMs: 1500,
  lastLines: ['no such host'],
};
const outcome: RunOutcome = {
  runId: '0190b8b4-0000-7000-8000-000000000001',
  status: 'failed',
  startedAt: 1_000,
  endedAt: 3_000,
  exitCode: 1,
  blocks: [
    {
      index: 0,
      name: 'tap-a target-b',
      kind: 'extract-load',
      status: 'failed',
      stateId: 'dev:tap-a-to-target-b',
      lane: 'pump',
      durationMs: 1_900,
      streams: [{ stream: 'users', read: 3, loaded: 2, bytes: 99, refused: 1 }],
      processes: { 'tap-a': result },
      statesStored: 1,
      error: {
        code: 'run.extractor_failed',
        message: 'Extractor failed',
        hint: 'tap-a ended with exit code 1',
      },
      schemaChanges: ['table-created main.users'],
    },
  ],
};

/** One of each kind: a kind without an example does not compile. */
const examples: { readonly [Kind in RunEventBody['kind']]: Extract<RunEventBody, { kind: Kind }> } = {
  'run-started': { kind: 'run-started', command: 'run', blocks: ['tap-a target-b'] },
  'block-started': {
    kind: 'block-started',
    block: 0,
    name: 'tap-a target-b',
    stateId: 'dev:tap-a-to-target-b',
    lane: 'pump',
  },
  waiting: { kind: 'waiting', block: 0, reason: 'another run of this state id ends' },
  'state-loaded': {
    kind: 'state-loaded',
    block: 0,
    stateId: 'dev:tap-a-to-target-b',
    source: 'the system database',
  },
  'discovery-started': { kind: 'discovery-started', block: 0, plugin: 'tap-a' },
  'discovery-finished': { kind: 'discovery-finished', block: 0, plugin: 'tap-a', streams: 2, cached: false },
  'process-started': { kind: 'process-started', block: 0, plugin: 'tap-a', pid: 4242 },
  'process-ended': { kind: 'process-ended', block: 0, plugin: 'tap-a', result },
  progress: { kind: 'progress', block: 0, streams: [{ stream: 'users', read: 3, bytes: 99 }] },
  'schema-change': {
    kind: 'schema-change',
    block: 0,
    stream: 'users',
    change: 'column-added',
    table: 'main.users',
    column: 'age',
    type: 'BIGINT',
  },
  refused: { kind: 'refused', block: 0, stream: 'users', count: 1, reason: 'no key' },
  'state-stored': { kind: 'state-stored', block: 0, stateId: 'dev:tap-a-to-target-b' },
  stopping: { kind: 'stopping', reason: 'interrupted', how: 'drain' },
  log: { kind: 'log', block: 0, level: 'info', event: 'hello', fields: { name: 'tap-a', stdio: 'stderr' } },
  'block-finished': {
    kind: 'block-finished',
    block: 0,
    outcome: outcome.blocks[0] as RunOutcome['blocks'][number],
  },
  'run-finished': { kind: 'run-finished', outcome },
};

test('events are written as readers of JSON know them', async () => {
  const lines = Object.values(examples).map((body, index) =>
    JSON.stringify({ runId: outcome.runId, seq: index + 1, at: 1_000 + index, ...body }),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../test/golden/run-events.jsonl');
});
