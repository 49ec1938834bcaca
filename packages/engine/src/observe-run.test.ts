import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from './events.ts';
import { runLogFile } from './logs/run-log-place.ts';
import { observeRun } from './observe-run.ts';
import type { RunPlan } from './run/run-plan.ts';

const logFolder = mkdtempSync(join(tmpdir(), 'observe-'));
afterAll(() => rmSync(logFolder, { recursive: true }));

function observe(
  runId: string,
  isWatched: boolean,
): { readonly console: readonly string[]; readonly file: string } {
  const plan: RunPlan = {
    runId,
    request: { command: 'run', blocks: [], trigger: 'cli' },
    environment: 'dev',
    blocks: [],
  };
  const lines: string[] = [];
  const observer = observeRun({
    plan,
    logFolder,
    stateBackend: 'systemdb',
    console: ({ event }) => void lines.push(event),
    isWatched,
    onEvent: () => {},
  });
  const emit = (body: RunEventBody) => observer({ ...body, runId, seq: 1, at: 0 } as RunEvent);
  emit({ kind: 'block-started', block: 0, name: 'tap-a target-b', stateId: 's', lane: 'pump' });
  emit({ kind: 'log', block: 0, level: 'info', event: 'a word', fields: {} });
  emit({ kind: 'state-stored', block: 0, stateId: 's' });
  emit({
    kind: 'block-finished',
    block: 0,
    outcome: {
      index: 0,
      name: 'tap-a target-b',
      kind: 'extract-load',
      status: 'succeeded',
      durationMs: 1,
      streams: [],
      processes: {},
      statesStored: 1,
      schemaChanges: [],
    },
  });
  return { console: lines, file: readFileSync(runLogFile(logFolder, 's', runId), 'utf8') };
}

it('where somebody watches, the console leaves out what is shown beside it, and the log file does not', () => {
  const alone = observe('01', false);
  expect(alone.console.slice(1)).toEqual([
    'a word',
    expect.stringMatching(/^Incremental state has been updated/),
    'Block run completed',
  ]);
  const watched = observe('02', true);
  expect(watched.console.slice(1)).toEqual(['a word']);
  for (const { file } of [alone, watched]) expect(file.split('\n')).toHaveLength(5);
});
