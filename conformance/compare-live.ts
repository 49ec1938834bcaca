import { chosenScenarios } from './chosen-scenarios.ts';
import { compareAnswers, renderFinding } from './compare-answers.ts';
import { eachAtOnce } from './each-at-once.ts';
import { openHub } from './hub/open-hub.ts';
import { oracleProgram, ourProgram } from './programs.ts';
import { loadRecorded } from './recording.ts';
import { runScenario } from './run-scenario.ts';

/**
 * Runs both programs now and prints a table: which commands answer the same, which differ by decision, which
 * differ without one. `MELTANO_ORACLE=… node --conditions=meltano-source conformance/compare-live.ts
 * [--recorded] [word…]`; with `--recorded`, Meltano's answers are the recorded ones.
 */
const words = process.argv.slice(2);
const useRecorded = words.includes('--recorded');
await using hub = await openHub();
const counts = { equal: 0, 'differs by decision': 0, unexplained: 0 };

await eachAtOnce(
  chosenScenarios(words.filter((word) => word !== '--recorded')),
  3,
  async ({ area, scenario }) => {
    const theirs = useRecorded
      ? (loadRecorded(area)[scenario.name] ?? [])
      : await runScenario(scenario, { program: oracleProgram(), hubUrl: hub.url });
    const ours = await runScenario(scenario, { program: ourProgram, hubUrl: hub.url });
    scenario.steps.forEach((step, index) => {
      const [their, our] = [theirs[index], ours[index]];
      const title = `${area}/${scenario.name} [${index}] ${step.args.join(' ')}`;
      if (their === undefined || our === undefined) {
        counts.unexplained += 1;
        process.stdout.write(`not recorded          ${title}\n`);
        return;
      }
      const findings = compareAnswers(step, their, our);
      const ids = (step.differs ?? []).map(({ id }) => id);
      const verdict = findings.length > 0 ? 'unexplained' : ids.length > 0 ? 'differs by decision' : 'equal';
      counts[verdict] += 1;
      process.stdout.write(
        `${verdict.padEnd(20)}  ${title}${ids.length > 0 ? ` (${ids.join(', ')})` : ''}\n`,
      );
      for (const finding of findings)
        process.stdout.write(`${renderFinding(finding).replaceAll(/^/gm, '    ')}\n`);
    });
  },
);
process.stdout.write(
  `${Object.entries(counts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ')}\n`,
);
process.exitCode = counts.unexplained > 0 ? 1 : 0;
