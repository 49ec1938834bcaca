import { type Scenario, scenario, step } from '../scenario.ts';
import { scripts } from './fixtures.ts';

const one = '{"singer_state": {"bookmarks": {"a": {"n": 12345678901234567890, "d": 1.50}}}}';

export const stateScenarios: readonly Scenario[] = [
  scenario('set, get, merge', scripts, [
    'state list',
    'state get s1',
    `state set --force s1 '${one}'`,
    'state get s1',
    'state get s1 --format=pretty',
    `state merge s1 '{"singer_state": {"bookmarks": {"b": 1}}}'`,
    'state get s1',
    'state list',
    'state export',
  ]),
];
