import { type Scenario, scenario, step } from '../scenario.ts';
import { scripts } from './fixtures.ts';

export const runScenarios: readonly Scenario[] = [
  scenario('extract and load, twice', scripts, ['run tap-x target-x', 'run tap-x target-x', 'state get dev:tap-x-to-target-x']),
];
