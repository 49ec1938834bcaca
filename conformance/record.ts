import { areas } from './areas.ts';
import { chosenScenarios } from './chosen-scenarios.ts';
import { eachAtOnce } from './each-at-once.ts';
import { openHub } from './hub/open-hub.ts';
import { oracleProgram } from './programs.ts';
import { loadRecorded, saveRecorded } from './recording.ts';
import { runScenario } from './run-scenario.ts';

/**
 * Records Meltano's answers anew: `MELTANO_ORACLE=… node --conditions=meltano-source conformance/record.ts
 * [word…]`. A word chooses scenarios whose `area/name` contains it; `--missing` those not yet recorded.
 */
const program = oracleProgram();
await using hub = await openHub();
const words = process.argv.slice(2);
const chosen = chosenScenarios(words.filter((word) => word !== '--missing')).filter(
  ({ area, scenario }) =>
    !words.includes('--missing') || loadRecorded(area)[scenario.name]?.length !== scenario.steps.length,
);
const recorded = await eachAtOnce(chosen, 3, async ({ area, scenario }) => {
  const answers = await runScenario(scenario, { program, hubUrl: hub.url });
  process.stderr.write(`${area}/${scenario.name}\n`);
  return answers.map((answer, index) => ({
    command: scenario.steps[index]?.args.join(' ') ?? '',
    ...answer,
  }));
});
for (const area of areas) {
  const before = loadRecorded(area.name);
  const fresh = new Map(
    chosen.flatMap(({ area: name, scenario }, index) =>
      name === area.name ? [[scenario.name, recorded[index] ?? []] as const] : [],
    ),
  );
  if (
    fresh.size === 0 &&
    area.scenarios.every(({ name }) => name in before) &&
    Object.keys(before).length === area.scenarios.length
  )
    continue;
  saveRecorded(
    area.name,
    Object.fromEntries(area.scenarios.map(({ name }) => [name, fresh.get(name) ?? before[name] ?? []])),
  );
}
