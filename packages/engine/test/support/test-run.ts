import { createRedactor } from '@meltano/foundation/redact';
import type { Connector } from '@meltano/sdk/connector';
import { onTestFinished } from 'vitest';
import type { RunEvent, RunEventBody } from '../../src/events.ts';
import { executeRun, type RunHandle } from '../../src/run/execute-run.ts';
import { planRun } from '../../src/run/plan-run.ts';
import type { RunDependencies } from '../../src/run/run-dependencies.ts';
import type { RunRequest } from '../../src/run/run-request.ts';
import { systemClock } from '../../src/system/system-clock.ts';
import { createMemoryRunRecords } from './memory-run-records.ts';
import { createMemoryStateStore } from './memory-state-store.ts';
import type { TestPlugin } from './plugins.ts';
import { createTestWorkspace } from './test-workspace.ts';

export interface TestBench {
  readonly states: ReturnType<typeof createMemoryStateStore>;
  readonly runs: ReturnType<typeof createMemoryRunRecords>;
  readonly root: string;
  /** Of all runs so far. */
  readonly events: RunEvent[];
  start(blocks: readonly string[], request?: Partial<RunRequest>): Promise<RunHandle>;
  eventsOf<Kind extends RunEventBody['kind']>(kind: Kind): readonly Extract<RunEvent, { kind: Kind }>[];
  logText(): string;
}

/** Everything a run needs, in memory, with real processes; its folder is removed when the test is over. */
export function createTestBench(
  plugins: readonly TestPlugin[],
  options: Partial<RunDependencies> & {
    readonly settings?: Readonly<Record<string, number>>;
    readonly connectors?: Readonly<Record<string, Connector>>;
    readonly failWrites?: () => boolean;
  } = {},
): TestBench {
  const test = createTestWorkspace(plugins, options.settings);
  const states = createMemoryStateStore(
    options.failWrites === undefined ? {} : { failWrites: options.failWrites },
  );
  const runs = createMemoryRunRecords();
  const events: RunEvent[] = [];
  onTestFinished(test.remove);
  const { settings: _, connectors, failWrites: __, ...given } = options;
  const deps: RunDependencies = {
    workspace: test.workspace,
    stateStore: states.store,
    records: runs.records,
    clock: systemClock,
    holder: { host: 'test', bootId: 'test', pid: process.pid, processStart: '0' },
    onEvent: (event) => events.push(event),
    redactor: createRedactor(),
    async loadConnector(_package, name) {
      const connector = connectors?.[name];
      if (connector === undefined) throw new Error(`no connector ${name}`);
      return connector;
    },
    ...given,
  };
  return {
    states,
    runs,
    root: test.root,
    events,
    async start(blocks, request = {}) {
      const plan = await planRun({ command: 'run', blocks, trigger: 'test', ...request }, test.workspace);
      return executeRun(plan, deps);
    },
    eventsOf: (kind) =>
      events.filter((event): event is Extract<RunEvent, { kind: typeof kind }> => event.kind === kind),
    logText: () =>
      events.flatMap((event) => (event.kind === 'log' ? [`${event.level}: ${event.event}`] : [])).join('\n'),
  };
}
