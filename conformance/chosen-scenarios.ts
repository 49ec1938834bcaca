import { areas } from './areas.ts';
import type { Scenario } from './scenario.ts';

/** All scenarios whose `area/name` contains one of the words; all of them without a word. */
export function chosenScenarios(words: readonly string[]): readonly { area: string; scenario: Scenario }[] {
  return areas
    .flatMap(({ name, scenarios }) => scenarios.map((scenario) => ({ area: name, scenario })))
    .filter(
      ({ area, scenario }) =>
        words.length === 0 || words.some((word) => `${area}/${scenario.name}`.includes(word)),
    );
}
