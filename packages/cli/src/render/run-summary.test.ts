import type { RunOutcome } from '@meltano/engine/run/run-outcome';
import { expect, it } from 'vitest';
import { renderNextSteps, renderRunSummary } from './run-summary.ts';
import { createGlyphs, createStyle } from './style.ts';

const utf8 = createGlyphs({ LANG: 'C.UTF-8' });
const plain = {
  style: createStyle(false),
  glyphs: utf8,
  width: 80,
  again: 'meltano run tap-a target-b',
  details: true,
};

const succeeded: RunOutcome = {
  runId: '01a2',
  status: 'succeeded',
  startedAt: 0,
  endedAt: 22_000,
  exitCode: 0,
  blocks: [
    {
      index: 0,
      name: 'tap-postgres target-duckdb',
      kind: 'extract-load',
      status: 'succeeded',
      stateId: 'dev:tap-postgres-to-target-duckdb',
      lane: 'record',
      durationMs: 21_000,
      streams: [
        { stream: 'public-orders', read: 1_964_112, loaded: 1_964_112, bytes: 180_000_000, refused: 0 },
        {
          stream: 'public-a-name-that-is-very-much-too-long-for-a-terminal',
          read: 40_000,
          loaded: 39_998,
          bytes: 4_000_000,
          refused: 2,
        },
      ],
      processes: {},
      statesStored: 2,
      schemaChanges: ['table-created public.orders', 'column-added public.orders.discount number'],
    },
    {
      index: 1,
      name: 'dbt:run',
      kind: 'command',
      status: 'succeeded',
      durationMs: 1_000,
      streams: [],
      processes: {},
      statesStored: 0,
      schemaChanges: [],
    },
  ],
};

it('shows what was moved, per block and stream', () => {
  expect(`${renderRunSummary(succeeded, plain).join('\n')}\n`).toMatchInlineSnapshot(`
    "✓ tap-postgres target-duckdb
        2,004,112 rows read, 2,004,110 loaded   184 MB   21 s   95 k/s
        stream                             read     loaded  refused    size
        public-orders                 1,964,112  1,964,112        0  180 MB
        public-a-name-…or-a-terminal     40,000     39,998        2  4.0 MB
      + table public.orders created
      + column public.orders.discount (number) added

    ✓ dbt:run   1.0 s

    Run 01a2 succeeded after 22 s.
      Details:         meltano runs show 01a2
    "
  `);
});

it('fits 80 columns', () => {
  for (const line of renderRunSummary(succeeded, plain)) expect(line.length, line).toBeLessThanOrEqual(80);
});

const failed: RunOutcome = {
  ...succeeded,
  status: 'failed',
  exitCode: 1,
  blocks: [
    {
      index: 0,
      name: 'tap-a target-b',
      kind: 'extract-load',
      status: 'failed',
      stateId: 'dev:tap-a-to-target-b',
      durationMs: 9_000,
      streams: [{ stream: 's', read: 412_000, bytes: 1_000, refused: 0 }],
      processes: {
        'tap-a': { exitCode: 0, signal: undefined, killed: false, durationMs: 9_000, lastLines: ['fine'] },
        'target-b': {
          exitCode: 1,
          signal: undefined,
          killed: false,
          durationMs: 8_000,
          lastLines: ['DiskFull: no space', 'HINT: free some'],
        },
      },
      statesStored: 1,
      error: { code: 'run.loader_failed', message: 'Loader failed' },
      schemaChanges: [],
    },
  ],
};

it('says why a block failed, what was kept and what to type', () => {
  expect(`${renderRunSummary(failed, plain).join('\n')}\n`).toMatchInlineSnapshot(`
    "✗ tap-a target-b   412,000 rows   1.0 kB   9.0 s   46 k/s
        stream     read    size
        s       412,000  1.0 kB
        Loader failed
        target-b ended with exit code 1. Its last lines:
          DiskFull: no space
          HINT: free some
        Kept: the state up to the last rows that were loaded; the next run continues
        there.

    Run 01a2 failed after 22 s.
      See all output:  meltano runs logs 01a2
      Try again:       meltano run tap-a target-b
    "
  `);
});

it('tells what a native connector failed with, and what to type besides the log', () => {
  const error = {
    code: 'run.loader_failed',
    message: 'Loader failed',
    causes: ['target-b: the disk is full'],
    hint: 'meltano runs logs 01a2',
  };
  const native: RunOutcome = {
    ...failed,
    blocks: failed.blocks.map((block) => ({ ...block, processes: {}, error })),
  };
  const text = renderRunSummary(native, plain).join('\n');
  expect(text).toContain('    target-b: the disk is full\n');
  expect(text).not.toContain('fix:');
});

it('uses words and ASCII where the terminal has nothing else', () => {
  const ascii = renderRunSummary(failed, { ...plain, glyphs: createGlyphs({}) });
  expect(ascii.join('')).toMatch(/^[ -~]*$/);
});

it('claims no state of a run before where no new one was stored', () => {
  const blocks = failed.blocks.map((block) => ({ ...block, statesStored: 0 }));
  const text = renderRunSummary({ ...failed, blocks }, plain).join('\n');
  expect(text).toContain('No new state was stored: what there was before the run is unchanged.');
});

it('tells of a run that was killed where it goes on, and of one that is under way that it is', () => {
  const blocks = failed.blocks.map((block) => ({ ...block, status: 'killed' as const, statesStored: 0 }));
  const killed = renderRunSummary({ ...failed, status: 'killed', blocks }, { ...plain, width: undefined });
  expect(killed.join('\n')).toContain('meltano state get dev:tap-a-to-target-b');
  expect(killed.join('\n')).toContain('Run 01a2 was killed after 22 s.');
  const running = renderRunSummary({ ...failed, status: 'running', blocks: [] }, plain);
  expect(running).toEqual(['Run 01a2 is under way.']);
});

it('says below a log how the run ended', () => {
  const lines = renderNextSteps({ ...failed, status: 'interrupted' }, { ...plain, isTold: true });
  expect(lines[0]).toBe('  How it ended:    was interrupted after 22 s');
});
