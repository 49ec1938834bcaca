import { describe, expect, it } from 'vitest';
import type { RunEvent, RunEventBody } from '../events.ts';
import type { ProcessResult } from '../process-result.ts';
import type { BlockOutcome, RunOutcome } from '../run/run-outcome.ts';
import { renderLogLine } from './render-log-line.ts';
import { createRunLogReader } from './run-log-reader.ts';
import type { RunLogOptions } from './run-reading.ts';

const runId = '01a215fb-4a2c-7d11-924e-1556c7256627';
const stateId = 'dev:tap-x-to-target-x';
const at = Date.UTC(2026, 10, 26, 3, 52);

const ended = (exitCode: number, lastLines: readonly string[] = []): ProcessResult => ({
  exitCode,
  signal: undefined,
  killed: false,
  durationMs: 5,
  lastLines,
});

const block: BlockOutcome = {
  index: 0,
  name: 'tap-x target-x',
  kind: 'extract-load',
  status: 'succeeded',
  stateId,
  durationMs: 285,
  statesStored: 1,
  schemaChanges: [],
  streams: [{ stream: 'users', read: 3, loaded: 2, refused: 1, bytes: 99 }],
  processes: { 'tap-x': ended(0), 'target-x': ended(0) },
};
const failedBlock: BlockOutcome = {
  ...block,
  status: 'failed',
  streams: [],
  error: { code: 'run.loader_failed', message: 'Loader failed' },
  processes: { 'tap-x': ended(0), 'target-x': ended(3, ['a', "it's done"]) },
};
const run: RunOutcome = {
  runId,
  status: 'succeeded',
  startedAt: at,
  endedAt: at + 1000,
  blocks: [block],
  exitCode: 0,
};
const started: RunEventBody = {
  kind: 'block-started',
  block: 0,
  name: 'tap-x target-x',
  stateId,
  lane: 'pump',
};

function read(bodies: readonly RunEventBody[], options: Partial<RunLogOptions> = {}): readonly string[] {
  const reader = createRunLogReader({
    command: 'run',
    pluginType: (name) =>
      ({ 'tap-x': 'extractors', 'target-x': 'loaders', 'map-x': 'mappers' })[name] as
        | 'extractors'
        | undefined,
    hasStructuredLogs: () => false,
    stateBackend: 'systemdb',
    ...options,
  });
  return bodies
    .flatMap((body, index) => reader({ runId, seq: index + 1, at, ...body } as RunEvent))
    .map((line) => renderLogLine(line, 'json'));
}

const tail = (level: string) =>
  `"run_id": "${runId}", "level": "${level}", "timestamp": "2026-11-26T03:52:00.000000Z"}`;

// The JSON lines of Meltano 4.4.1 for the same runs.
describe('createRunLogReader', () => {
  it('a run that succeeds', () => {
    const fields = {
      stdio: 'stderr',
      consumer: true,
      producer: false,
      string_id: 'target-x',
      cmd_type: 'elb',
      job_name: stateId,
      name: 'target-x',
    };
    expect(
      read([
        { kind: 'run-started', command: 'run', blocks: ['tap-x target-x'] },
        started,
        { kind: 'state-loaded', block: 0, stateId, source: 'Database' },
        { kind: 'discovery-started', block: 0, plugin: 'tap-x' },
        { kind: 'progress', block: 0, streams: [] },
        { kind: 'log', block: 0, level: 'info', event: 'it\'s "done"', fields },
        { kind: 'state-stored', block: 0, stateId },
        { kind: 'block-finished', block: 0, outcome: block },
        { kind: 'run-finished', outcome: run },
      ]),
    ).toEqual([
      `{"event": "Running job with name '${stateId}' and run ID '${runId}'", ${tail('info')}`,
      `{"event": "Using systemdb state backend", ${tail('info')}`,
      `{"event": "Reading state from Database", ${tail('info')}`,
      `{"event": "Running catalog discovery", ${tail('info')}`,
      `{"stdio": "stderr", "consumer": true, "producer": false, "string_id": "target-x", "cmd_type": "elb", "job_name": "${stateId}", "name": "target-x", "event": "it's \\"done\\"", ${tail('info')}`,
      `{"event": "Incremental state has been updated at 2026-11-26 03:52:00.000000+00:00.", ${tail('info')}`,
      `{"stream_name": "users", "records_read": 3, "records_loaded": 2, "records_refused": 1, "bytes": 99, "event": "users: 3 records read, 2 loaded, 1 refused", ${tail('info')}`,
      `{"set_number": 0, "block_type": "ExtractLoadBlocks", "success": true, "err": null, "duration_seconds": 0.285, "event": "Block run completed", ${tail('info')}`,
      `{"duration_seconds": 1.0, "status": "success", "event": "Run completed", ${tail('info')}`,
    ]);
  });

  it('a run whose loader fails', () => {
    expect(
      read([
        started,
        { kind: 'block-finished', block: 0, outcome: failedBlock },
        { kind: 'run-finished', outcome: { ...run, status: 'failed' } },
      ]).slice(1),
    ).toEqual([
      `{"event": "Loader failed", ${tail('error')}`,
      `{"set_number": 0, "block_type": "ExtractLoadBlocks", "success": false, "err": "Loader failed", "exit_codes": {"loaders": 3}, "duration_seconds": 0.285, "event": "Block run completed", ${tail('error')}`,
      `{"duration_seconds": 1.0, "status": "failure", "event": "Run completed", ${tail('info')}`,
    ]);
  });

  it('a command that fails, and a mapper', () => {
    const command: BlockOutcome = {
      ...failedBlock,
      index: 1,
      kind: 'command',
      name: 'u:bad',
      error: { code: 'run.command_failed', message: '`u bad` failed with exit code: 4' },
    };
    expect(read([{ kind: 'block-finished', block: 1, outcome: command }])).toEqual([
      `{"set_number": 1, "block_type": "InvokerCommand", "success": false, "err": "\`u bad\` failed with exit code: 4", "exit_codes": {}, "duration_seconds": 0.285, "event": "Block run completed", ${tail('error')}`,
    ]);
    const mapper: BlockOutcome = { ...failedBlock, processes: { 'map-x': ended(2) } };
    expect(read([{ kind: 'block-finished', block: 0, outcome: mapper }])[1]).toContain(
      '"exit_codes": [{"map-x": 2}]',
    );
  });

  it('a run that is stopped by its time-out', () => {
    const interrupted: BlockOutcome = { ...failedBlock, status: 'interrupted' };
    expect(
      read(
        [
          { kind: 'run-started', command: 'run', blocks: [] },
          started,
          { kind: 'stopping', reason: 'timed-out', how: 'drain' },
          { kind: 'block-finished', block: 0, outcome: interrupted },
          { kind: 'run-finished', outcome: { ...run, status: 'timed-out' } },
        ],
        { timeoutSeconds: 2 },
      ).filter((line) => !line.includes('Running job')),
    ).toEqual([
      `{"timeout_seconds": 2, "event": "Run timeout configured", ${tail('info')}`,
      `{"block_type": "ExtractLoadBlocks", "event": "Attempting graceful termination of current block", ${tail('info')}`,
      `{"graceful": true, "block_count": 2, "event": "Terminating ExtractLoadBlocks", ${tail('info')}`,
      `{"timeout_seconds": 2, "duration_seconds": 1.0, "event": "Run timed out", ${tail('error')}`,
      `{"duration_seconds": 1.0, "status": "failure", "event": "Run completed", ${tail('info')}`,
    ]);
  });

  it('el binds other facts', () => {
    const fields = {
      stdio: 'stderr',
      consumer: true,
      producer: false,
      string_id: 'target-x',
      cmd_type: 'elb',
      job_name: 's2',
      name: 'target-x',
    };
    const head = `"run_id": "${runId}", "state_id": "s2"`;
    const time = (level: string) => `"level": "${level}", "timestamp": "2026-11-26T03:52:00.000000Z"}`;
    const lines = read(
      [
        { ...started, stateId: 's2' },
        { kind: 'log', block: 0, level: 'info', event: 'hello', fields },
        { kind: 'block-finished', block: 0, outcome: { ...failedBlock, stateId: 's2' } },
        { kind: 'run-finished', outcome: run },
      ],
      { command: 'el', logFile: () => '/logs/elt.log' },
    );
    expect(lines.slice(0, 3)).toEqual([
      `{"name": "meltano", ${head}, "event": "Running extract & load...", ${time('info')}`,
      `{${head}, "stdio": "stderr", "cmd_type": "loader", "name": "target-x", "event": "hello", ${time('info')}`,
      `{"name": "meltano", ${head}, "code": 3, "message": "it's done", "event": "Loading failed", ${time('error')}`,
    ]);
    expect(lines[3]).toContain('ELT could not be completed: Loader failed.\\nFor more detailed log messages');
    expect(lines[3]).toContain("'/logs/elt.log'");
    expect(lines).toHaveLength(4);
    const told = (hint: string) =>
      read(
        [
          started,
          {
            kind: 'block-finished',
            block: 0,
            outcome: { ...failedBlock, error: { code: 'x', message: 'no', hint } },
          },
        ],
        { command: 'el' },
      ).filter((line) => line.includes('fix: '));
    expect(told('ulimit -n 4096')).toHaveLength(1);
    expect(told('meltano runs logs 1')).toHaveLength(0);
    const success = read(
      [
        { ...started, stateId: 's2' },
        { kind: 'block-finished', block: 0, outcome: { ...block, streams: [] } },
      ],
      { command: 'el' },
    );
    expect(success.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual([
      'Running extract & load...',
      'Extract & load complete!',
      'Transformation skipped.',
    ]);
  });
});
