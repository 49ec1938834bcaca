// Runs blocks in a process of its own, with the real system database and state store, for tests that kill it.
// Argument: a JSON file {root, plugins, blocks}. Prints the outcome as its last line.
import { readFileSync } from 'node:fs';
import { createRedactor } from '@meltano/foundation/redact';
import { executeRun } from '../../src/run/execute-run.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { describeThisProcess } from '../../src/state/lease-holder.ts';
import { openStateStore } from '../../src/state/open-state-store.ts';
import { systemClock } from '../../src/system/system-clock.ts';
import { openSystemDatabase } from '../../src/system/system-database.ts';
import type { TestPlugin } from './plugins.ts';
import { createTestWorkspace } from './test-workspace.ts';

const spec = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as {
  readonly root: string;
  readonly plugins: readonly TestPlugin[];
  readonly blocks: readonly string[];
};
const { workspace } = createTestWorkspace(spec.plugins, {}, spec.root);
const database = await openSystemDatabase({ uri: 'sqlite:///runs.db', folder: spec.root });
const store = await openStateStore({ uri: 'systemdb', systemConnection: database.connection });
const plan = await planRun({ command: 'run', blocks: spec.blocks, trigger: 'test' }, workspace);
const { runId: _, ...holder } = await describeThisProcess(plan.runId);
const run = executeRun(plan, {
  workspace,
  stateStore: store,
  records: database.runs,
  clock: systemClock,
  holder,
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  redactor: createRedactor(),
  loadConnector: () => Promise.reject(new Error('no native connectors here')),
  graceMs: 5_000,
});
process.on('SIGTERM', () => run.stop('terminated'));
process.on('SIGINT', () => run.stop('interrupted'));
const outcome = await run.outcome;
await store.close();
await database.close();
process.exitCode = outcome.exitCode;
