import { areas } from './areas.ts';
import { chosenScenarios } from './chosen-scenarios.ts';
import { eachAtOnce } from './each-at-once.ts';
import { openHub } from './hub/open-hub.ts';
import { oracleProgram } from './programs.ts';
import { loadRecorded, saveRecorded } from './recording.ts';
import { runScenario } from './run-scenario.ts';
import type { Area, Recorded, Scenario } from './scenario.ts';

/**
 * Records Meltano's answers anew: `MELTANO_ORACLE=… node --conditions=meltano-source conformance/record.ts
 * [--missing] [word…]`. A word chooses scenarios whose `area/name` contains it; `--missing` those whose
 * commands are not the recorded ones.
 */
const program = oracleProgram();
await using hub = await openHub();
const words = process.argv.slice(2).filter((word) => word !== '--missing');
const onlyMissing = process.argv.includes('--missing');
const wanted = chosenScenarios(words);

for (const area of areas) {
  const before = loadRecorded(area.name);
  const chosen = wanted
    .filter(({ area: name }) => name === area.name)
    .map(({ scenario }) => scenario)
    .filter((scenario) => !onlyMissing || !isRecorded(scenario, before));
  if (chosen.length > 0) await recordArea(area, chosen, before);
}

async function recordArea(area: Area, chosen: readonly Scenario[], before: Recorded): Promise<void> {
  const answers = await eachAtOnce(chosen, 3, (scenario) =>
    runScenario(scenario, { program, hubUrl: hub.url }),
  );
  const fresh = Object.fromEntries(
    chosen.map(({ name, steps }, index) => [
      name,
      (answers[index] ?? []).map(({ lostComments: _, ...answer }, at) => ({
        command: commandOf(steps[at]),
        ...answer,
      })),
    ]),
  );
  const all = { ...before, ...fresh };
  saveRecorded(area.name, Object.fromEntries(area.scenarios.map(({ name }) => [name, all[name] ?? []])));
  process.stderr.write(`recorded ${area.name}: ${chosen.map(({ name }) => name).join(', ')}\n`);
}

function isRecorded({ name, steps }: Scenario, recorded: Recorded): boolean {
  const commands = (recorded[name] ?? []).map(({ command }) => command);
  return JSON.stringify(commands) === JSON.stringify(steps.map(commandOf));
}

function commandOf(step: Scenario['steps'][number] | undefined): string {
  return step?.args.join(' ') ?? '';
}
