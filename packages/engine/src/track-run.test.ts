import { expect, test } from 'vitest';
import type { RunEvent, RunEventBody } from './events.ts';
import type { RunPlan } from './run/run-plan.ts';
import { trackRun } from './track-run.ts';

const plan = {
  runId: 'r',
  blocks: [0, 1].map((index) => ({
    kind: 'extract-load',
    index,
    extractor: { name: 'tap', npmPackage: undefined },
    mappers: [],
    loader: { name: `target-${index}` },
    stateId: `s${index}`,
    lane: 'pump',
  })),
} as unknown as RunPlan;

const event = (at: number, body: RunEventBody): RunEvent => ({ runId: 'r', seq: 1, at, ...body });

test('follows a run by its events, block by block', () => {
  const run = trackRun(plan, 1_000);
  expect(run.report(1_000).blocks.map((block) => [block.name, block.status])).toEqual([
    ['tap target-0', 'skipped'],
    ['tap target-1', 'skipped'],
  ]);
  run.onEvent(event(2_000, { kind: 'block-started', block: 0, name: 'x', lane: 'pump' }));
  const users = { stream: 'users', read: 3, loaded: 2, bytes: 30 };
  run.onEvent(event(2_500, { kind: 'progress', block: 0, streams: [users] }));
  run.onEvent(event(2_500, { kind: 'refused', block: 0, stream: 'users', count: 1, reason: 'x' }));
  run.onEvent(event(2_600, { kind: 'progress', block: 0, streams: [{ ...users, read: 4 }] }));
  run.onEvent(event(2_600, { kind: 'state-stored', block: 0, stateId: 's0' }));
  const { blocks, ...report } = run.report(3_000);
  expect(report).toEqual({ runId: 'r', status: 'running', startedAt: 1_000, endedAt: 3_000 });
  expect(blocks[0]).toEqual({
    index: 0,
    name: 'tap target-0',
    kind: 'extract-load',
    status: 'running',
    stateId: 's0',
    lane: 'pump',
    durationMs: 1_000,
    streams: [{ ...users, read: 4, refused: 1 }],
    processes: {},
    statesStored: 1,
    schemaChanges: [],
  });
});
