import type { Area } from './scenario.ts';
import { addScenarios } from './scenarios/add.ts';
import { builtInPluginScenarios } from './scenarios/built-in-plugins.ts';
import { configReadScenarios } from './scenarios/config-read.ts';
import { configWriteScenarios } from './scenarios/config-write.ts';
import { generatedScenarios } from './scenarios/generated.ts';
import { wildScenarios } from './scenarios/in-the-wild.ts';
import { invokeScenarios } from './scenarios/invoke.ts';
import { endScenarios, pipelineScenarios } from './scenarios/pipelines.ts';
import { environmentScenarios, jobScenarios, scheduleScenarios, smallScenarios } from './scenarios/plans.ts';
import { projectScenarios } from './scenarios/projects.ts';
import { runScenarios } from './scenarios/run.ts';
import { selectScenarios } from './scenarios/select.ts';
import { stateScenarios } from './scenarios/state.ts';
import { usageScenarios } from './scenarios/usage.ts';

/** Every area; a scenario's name is unique in its own. */
export const areas: readonly Area[] = [
  { name: 'usage', scenarios: usageScenarios },
  { name: 'add', scenarios: addScenarios },
  { name: 'config-read', scenarios: configReadScenarios },
  { name: 'config-write', scenarios: configWriteScenarios },
  { name: 'select', scenarios: selectScenarios },
  { name: 'invoke', scenarios: invokeScenarios },
  { name: 'built-in-plugins', scenarios: builtInPluginScenarios },
  { name: 'run', scenarios: runScenarios },
  { name: 'state', scenarios: stateScenarios },
  { name: 'job', scenarios: jobScenarios },
  { name: 'schedule', scenarios: scheduleScenarios },
  { name: 'environment', scenarios: environmentScenarios },
  { name: 'pipelines', scenarios: [...pipelineScenarios, ...endScenarios] },
  { name: 'projects', scenarios: projectScenarios },
  { name: 'generated', scenarios: generatedScenarios },
  { name: 'small', scenarios: smallScenarios },
  { name: 'in-the-wild', scenarios: wildScenarios },
];
