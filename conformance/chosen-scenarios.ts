import { areas } from './areas.ts';
import type { Scenario } from './scenario.ts';
import { generateProjects } from './scenarios/generated.ts';

export interface ChosenScenario {
  readonly area: string;
  readonly scenario: Scenario;
}

/**
 * All scenarios whose `area/name` contains one of the words; all of them without a word. A word `seed=N` adds
 * twenty generated projects that are in no recording.
 */
export function chosenScenarios(words: readonly string[]): readonly ChosenScenario[] {
  const seeds = words.flatMap((word) =>
    word.startsWith('seed=') ? [Number(word.slice('seed='.length))] : [],
  );
  const fresh = seeds.flatMap((seed) =>
    generateProjects(seed, 20).map((scenario) => ({ area: `seed=${seed}`, scenario })),
  );
  const all = areas.flatMap(({ name, scenarios }) => scenarios.map((scenario) => ({ area: name, scenario })));
  return [
    ...all.filter(
      ({ area, scenario }) =>
        words.length === 0 || words.some((word) => `${area}/${scenario.name}`.includes(word)),
    ),
    ...fresh,
  ];
}
