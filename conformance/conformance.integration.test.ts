import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areas } from './areas.ts';
import { compareAnswers, renderFinding } from './compare-answers.ts';
import { type Hub, openHub } from './hub/open-hub.ts';
import { ourProgram } from './programs.ts';
import { loadRecorded } from './recording.ts';
import { runScenario } from './run-scenario.ts';
import type { Answer, Scenario } from './scenario.ts';

let hub: Hub;
beforeAll(async () => {
  hub = await openHub();
});
afterAll(() => hub[Symbol.asyncDispose]());

describe.each(areas)('$name as Meltano 4.4.1 does it', ({ name, scenarios }) => {
  const recorded = loadRecorded(name);
  it.concurrent.each(scenarios)('$name', async (scenario) => {
    const ours = await runScenario(scenario, { program: ourProgram, hubUrl: hub.url });
    expect(complaints(scenario, recorded[scenario.name] ?? [], ours)).toEqual([]);
  });
});

describe('the comparison itself', () => {
  const answer: Answer = { code: 0, stdout: ['a', ''], log: [], files: {}, tables: {} };

  it('finds a difference that no decision names', () => {
    const findings = compareAnswers({ args: [] }, answer, { ...answer, code: 1 });
    expect(findings.map(({ facet }) => facet)).toEqual(['code']);
  });

  it('finds a decision whose difference is gone', () => {
    const step = { args: [], differs: [{ id: 'gone', ours: { code: 0 } }] };
    expect(compareAnswers(step, answer, answer).map(({ facet }) => facet)).toEqual(['difference gone']);
  });

  it('finds a comment that an edit has lost', () => {
    const findings = compareAnswers({ args: [] }, answer, { ...answer, lostComments: ['# mine'] });
    expect(findings.map(({ facet }) => facet)).toEqual(['comments']);
  });

  it('takes numbers in JSON output by value, and its layout as it is', () => {
    const json = (...stdout: readonly string[]) => ({ ...answer, stdout });
    expect(compareAnswers({ args: [] }, json('{"a": 1.5}'), json('{"a": 1.50}'))).toEqual([]);
    expect(compareAnswers({ args: [] }, json('{"a": 1}'), json('{', '"a": 1}'))).toHaveLength(1);
    expect(compareAnswers({ args: [] }, json('{"a": 1}'), json('{"a": 2}'))).toHaveLength(1);
  });

  it('knows every decision that a scenario names from the list of differences', () => {
    const list = readFileSync(join(import.meta.dirname, '../docs/reference/differences.md'), 'utf8');
    const known = new Set([...list.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id]) => id));
    const named = areas
      .flatMap(({ scenarios }) => scenarios)
      .flatMap(({ steps }) => steps)
      .flatMap(({ differs }) => differs ?? [])
      .map(({ id }) => id);
    expect(named.filter((id) => !known.has(id))).toEqual([]);
  });
});

function complaints(
  scenario: Scenario,
  theirs: readonly Answer[],
  ours: readonly Answer[],
): readonly string[] {
  return scenario.steps.flatMap((step, index) => {
    const [their, our] = [theirs[index], ours[index]];
    if (their === undefined || our === undefined) return [`step ${index} is not recorded`];
    const findings = compareAnswers(step, their, our).map(renderFinding);
    return findings.length > 0 ? [`meltano ${step.args.join(' ')}`, ...findings] : [];
  });
}
