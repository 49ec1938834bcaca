import { addScenarios } from './scenarios/add.ts';
import { configReadScenarios } from './scenarios/config-read.ts';
import { configWriteScenarios } from './scenarios/config-write.ts';
import { runScenarios } from './scenarios/run.ts';
import { stateScenarios } from './scenarios/state.ts';
import { usageScenarios } from './scenarios/usage.ts';
import type { Area } from './scenario.ts';

/** Every area; a scenario's name is unique in its own. */
export const areas: readonly Area[] = [
  { name: 'usage', scenarios: usageScenarios },
  { name: 'add', scenarios: addScenarios },
  { name: 'config-read', scenarios: configReadScenarios },
  { name: 'config-write', scenarios: configWriteScenarios },
  { name: 'run', scenarios: runScenarios },
  { name: 'state', scenarios: stateScenarios },
];
