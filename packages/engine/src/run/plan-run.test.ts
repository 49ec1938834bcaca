import type { Job } from '@meltano/project/job';
import { expect, test } from 'vitest';
import { type TestPlugin, testPlugin } from '../../test/support/plugins.ts';
import { type PlanInputs, planRun } from './plan-run.ts';
import { renderPlan } from './render-plan.ts';
import type { RunRequest } from './run-request.ts';

const known: readonly TestPlugin[] = [
  { name: 'tap-a', type: 'extractors' },
  { name: 'tap-own', type: 'extractors', npmPackage: '@x/own' },
  { name: 'target-b', type: 'loaders' },
  { name: 'target-own', type: 'loaders', npmPackage: '@x/own' },
  { name: 'map-m', type: 'mappers' },
  { name: 'map-m', type: 'mappers', mapping: 'hide' },
  { name: 'dbt', type: 'transformers', commands: { run: { args: 'run' } } },
  { name: 'tap_a', type: 'transforms' },
  { name: 'tap_other', type: 'transforms' },
];

const jobs: readonly Job[] = [
  { name: 'nightly', tasks: ['tap-a target-b', ['dbt:run', 'dbt']], place: { file: 'meltano.yml' } },
  { name: 'dbt:both', tasks: ['dbt'], place: { file: 'meltano.yml' } },
];

const inputs: PlanInputs = {
  project: { jobs, plugins: known },
  environment: 'dev',
  lookUpPlugin: async (name, type) => {
    const found = known.find((plugin) => (plugin.mapping ?? plugin.name) === name);
    return found === undefined || (type !== undefined && found.type !== type) ? undefined : testPlugin(found);
  },
  stateIdSuffix: async () => undefined,
};

const at = Date.UTC(2026, 10, 25, 10, 15, 0);

function plan(blocks: readonly string[], request: Partial<RunRequest> = {}, more: Partial<PlanInputs> = {}) {
  return planRun({ command: 'run', blocks, trigger: 'test', ...request }, { ...inputs, ...more }, at);
}

test('jobs are expanded one level, blocks grouped from left to right', async () => {
  const { blocks } = await plan(['nightly', 'tap-a', 'hide', 'hide', 'target-b']);
  expect(blocks.map((block) => [block.kind, block.index])).toEqual([
    ['extract-load', 0],
    ['command', 1],
    ['command', 2],
    ['extract-load', 3],
  ]);
  expect(blocks[1]).toMatchObject({ command: 'run' });
  expect(blocks[2]).toMatchObject({ command: undefined });
  expect(blocks[3]).toMatchObject({
    mappers: [{ name: 'map-m' }, { name: 'map-m' }],
    stateId: 'dev:tap-a-to-target-b',
  });
});

test.each([
  [['tap-a', 'target-b'], 'pump'],
  [['tap-a', 'target-own'], 'decode'],
  [['tap-own', 'target-b'], 'encode'],
  [['tap-own', 'target-own'], 'record'],
])('%j takes the lane %s', async (blocks, lane) => {
  expect((await plan(blocks)).blocks[0]).toMatchObject({ lane });
});

const prefix = 'block violates set requirements: ';
test.each([
  [['nothing'], 'Block nothing not found'],
  [['dbt:a:b'], 'Block dbt:a:b not found'],
  [['tap-a', '', 'target-b'], 'Block  not found'],
  [['tap-a'], `${prefix}Loader missing in block set!`],
  [['tap-a', 'hide'], `${prefix}Loader missing in block set!`],
  [['target-b'], `${prefix}Unknown command type or bad block sequence at index 1, starting block 'target-b'`],
  [
    ['dbt', 'hide', 'target-b'],
    `${prefix}Unknown command type or bad block sequence at index 2, starting block 'map-m'`,
  ],
  [
    ['tap-a', 'dbt', 'target-b'],
    `${prefix}Unknown command type or bad block sequence at index 1, starting block 'tap-a'`,
  ],
  [
    ['nightly', 'tap-a', 'tap-a', 'target-b'],
    `${prefix}Unknown command type or bad block sequence at index 5, starting block 'tap-a'`,
  ],
  [
    ['tap-a', 'target-b', 'tap-a', 'map-m', 'target-b'],
    `${prefix}Expected unique mappings name not the mapper plugin name: map-m.`,
  ],
])('%j is refused', async (blocks, message) => {
  await expect(plan(blocks)).rejects.toThrow(expect.objectContaining({ message }));
});

test('a mapper in place of one of its mappings: they are listed', async () => {
  const mapper = testPlugin({ name: 'map-m', type: 'mappers' });
  const advice = async (mappings: readonly { readonly name: string }[]) => {
    const written = { ...mapper.written, extras: { mappings } };
    const lookUpPlugin: PlanInputs['lookUpPlugin'] = async (name, type) =>
      name === 'map-m' ? { ...mapper, written } : inputs.lookUpPlugin(name, type);
    const error: unknown = await plan(['tap-a', 'map-m', 'target-b'], {}, { lookUpPlugin }).catch(
      (thrown: unknown) => thrown,
    );
    return (error as { readonly hint?: string }).hint;
  };
  expect(await advice([{ name: 'hide' }, { name: 'lower' }])).toBe(
    'use the name of one of the mappings of map-m: hide, lower',
  );
  expect(await advice([])).toContain('has no mappings yet');
});

test('state ids', async () => {
  const id = async (request: Partial<RunRequest>, more: Partial<PlanInputs> = {}) => {
    const [block] = (await plan(['tap-a', 'target-b'], request, more)).blocks;
    return block?.kind === 'extract-load' ? block.stateId : 'no set';
  };
  expect(await id({})).toBe('dev:tap-a-to-target-b');
  expect(await id({}, { stateIdSuffix: async () => 'eu' })).toBe('dev:tap-a-to-target-b:eu');
  expect(await id({ stateIdSuffix: 'us' }, { stateIdSuffix: async () => 'eu' })).toBe(
    'dev:tap-a-to-target-b:us',
  );
  expect(await id({ noStateUpdate: true })).toBeUndefined();
  expect(await id({ command: 'el', stateId: 'mine' })).toBe('mine');
  expect(await id({ command: 'el' }, { environment: undefined })).toBe('2026-11-25T101500--tap-a--target-b');
  await expect(id({ stateIdSuffix: 'a:b' })).rejects.toThrow(/colon/);
});

test('run needs an environment; el needs the right types', async () => {
  await expect(plan(['tap-a', 'target-b'], {}, { environment: undefined })).rejects.toThrow(
    /environment is required/,
  );
  await expect(plan(['target-b', 'tap-a'], { command: 'el' })).rejects.toThrow(
    "Extractor 'target-b' is not known to Meltano",
  );
});

test('a plan can be read', async () => {
  expect(renderPlan(await plan(['tap-a', 'hide', 'target-own', 'dbt:run'], { fullRefresh: true }))).toBe(
    [
      'Plan for environment dev',
      '1/2  tap-a hide target-own',
      '     a process into a connector inside this program',
      '     state id dev:tap-a-to-target-own, read from the beginning (full refresh)',
      '2/2  dbt:run',
      '     command, executable dbt',
    ].join('\n'),
  );
  expect(renderPlan(await plan([]))).toBe('Nothing to run');
});

test('a mistyped block gets the nearest names', async () => {
  await expect(plan(['tap-aa', 'target-b'])).rejects.toMatchObject({
    hint: expect.stringContaining("'tap-a'"),
  });
});

test('elt runs dbt after the pair or in its place, with what belongs to the extractor', async () => {
  const elt = (transform: 'skip' | 'only' | 'run', more: Partial<PlanInputs> = {}) =>
    plan(['tap-a', 'target-b'], { command: 'elt', stateId: 'x', transform }, more);
  const names = (blocks: readonly { kind: string; index: number }[]) =>
    blocks.map(({ kind, index }) => [kind, index]);
  expect(names((await elt('skip')).blocks)).toEqual([['extract-load', 0]]);
  expect(names((await elt('only')).blocks)).toEqual([['command', 0]]);
  const { blocks } = await elt('run');
  expect(names(blocks)).toEqual([
    ['extract-load', 0],
    ['command', 1],
  ]);
  expect(blocks[1]).toMatchObject({
    plugin: { name: 'dbt' },
    command: 'run',
    transform: {
      first: ['clean', 'deps'],
      upstream: [{ name: 'tap-a' }, { name: 'target-b' }, { name: 'tap_a' }],
      stateId: 'x',
    },
  });
  const without = {
    lookUpPlugin: async (name: string) => (name === 'dbt' ? undefined : inputs.lookUpPlugin(name)),
  };
  await expect(elt('only', without)).rejects.toMatchObject({ code: 'run.no_transformer' });
});
