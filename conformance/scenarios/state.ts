import { differs, drops, exits, prints, replaces, stores } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';
import { scripts } from './fixtures.ts';

const one = '{"singer_state": {"bookmarks": {"a": {"n": 12345678901234567890, "d": 1.50}}}}';
const two = '{"singer_state":{"bookmarks":{"b":{"x":"ü"}}}}';

const usageFirst = drops('usage-first', /^The default environment/);
const stateEnvironment = drops('state-environment', /^Environment '/);
const question = replaces('own-words', "the state's current value", 'the state for the given id: s1');

/** A state that has only one of its halves gets an empty other one. */
const emptyHalves = stores('state-halves', 'state', (rows: Record<string, unknown>[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? {}]))),
);

export const stateScenarios: readonly Scenario[] = [
  scenario('set, get, merge', scripts, [
    'state list',
    'state get s1',
    `state set --force s1 '${one}'`,
    'state get s1',
    'state get s1 --format=pretty',
    `state merge s1 '${two}'`,
    'state get s1',
    'state list',
    'state export',
  ]),
  scenario('copy, move, clear', scripts, [
    `state set --force s1 '${two}'`,
    'state copy --force s1 s2',
    'state move --force s2 s3',
    'state list',
    'state copy --force nope s4',
    'state clear --force s3',
    'state clear --force s3',
    step('state clear --force', { differs: [usageFirst] }),
    step('state clear', {
      differs: [
        usageFirst,
        exits('usage-first', 2),
        prints('usage-first'),
        differs('usage-first', { log: [{ level: 'error', event: '(a sentence)' }] }),
      ],
    }),
    'state clear --all --force',
    'state list',
  ]),
  scenario('patterns', scripts, [
    step(`state set --force 'dev:tap-x-to-target-x' '${two}'`, { differs: [stateEnvironment] }),
    step(`state set --force 'dev:tap-x-to-target-x:sfx' '${two}'`, { differs: [stateEnvironment] }),
    `state set --force other '${two}'`,
    "state list --pattern='dev:*'",
    "state list --pattern='*x*'",
    step('state list dev', { differs: [usageFirst] }),
    "state list --pattern='zz*'",
    step('--environment=prod state get dev:tap-x-to-target-x', {
      differs: [drops('state-environment', "Environment 'dev' is active")],
    }),
    'state get nope:tap-q-to-target-q',
  ]),
  scenario('what is refused', { ...scripts, 'bad.json': '{"bookmarks": {}}' }, [
    'state set --force s1 zebra',
    'state set --force s1 {}',
    'state set --force s1',
    'state set --force s1 --input-file=bad.json',
    'state set --force --no-validate s1 --input-file=bad.json',
    'state get s1',
    'state merge s1 {}',
    step(`state set s1 '${two}'`, { input: 'n\n', differs: [question] }),
    step(`state set s1 '${two}'`, { input: 'y\n', differs: [question] }),
    step(`state set s1 '${two}'`, { input: '', differs: [question] }),
    'state get s1',
  ]),
  scenario(
    'export and import',
    {
      ...scripts,
      'all.json': `{"i1": {"completed": ${two}}, "i2": {"partial": ${two}}}`,
      'list.json': '[1]',
      'bad.json': '{',
    },
    [
      'state export',
      step('state import all.json', { differs: [emptyHalves] }),
      step('state export', { differs: [replaces('state-halves', /null/g, '{}')] }),
      'state import list.json',
      'state import bad.json',
      step('state import', {
        input: '{"i3": {"completed": {"singer_state": {}}}}',
        differs: [emptyHalves],
      }),
      step('state list', {
        differs: [
          exits('state-halves', 0),
          prints('state-halves', 'i1', 'i2', 'i3'),
          drops('state-halves', '(a sentence)'),
        ],
      }),
    ],
  ),
  scenario('merge from another id and from a file', { ...scripts, 'two.json': two }, [
    `state set --force s1 '${one}'`,
    'state merge s2 --input-file=two.json',
    'state merge s2 --from-state-id=s1',
    'state get s2',
    'state merge s2',
  ]),
  scenario(
    'edit',
    {
      ...scripts,
      'editor.sh': '#!/bin/sh\necho \'{"singer_state":{"edited":1}}\' >"$1"\n',
      'same.sh': '#!/bin/sh\nexit 0\n',
      'bad.sh': '#!/bin/sh\necho zebra >"$1"\n',
    },
    [
      step('state edit --force s1', { env: { VISUAL: './editor.sh' } }),
      'state get s1',
      step('state edit --force s1', { env: { EDITOR: './same.sh' } }),
      step('state edit --force s1', { env: { EDITOR: './bad.sh' } }),
      'state get s1',
    ],
  ),
  scenario('in a folder', scripts, [
    step(`state set --force s1 '${one}'`, {
      env: { MELTANO_STATE_BACKEND_URI: 'file:///proc/self/cwd/states' },
    }),
    step('state get s1', { env: { MELTANO_STATE_BACKEND_URI: 'file:///proc/self/cwd/states' } }),
    step(`state merge s1 '${two}'`, { env: { MELTANO_STATE_BACKEND_URI: 'file:///proc/self/cwd/states' } }),
    step('state list', { env: { MELTANO_STATE_BACKEND_URI: 'file:///proc/self/cwd/states' } }),
    step('state clear --force s1', { env: { MELTANO_STATE_BACKEND_URI: 'file:///proc/self/cwd/states' } }),
    step('state list', { env: { MELTANO_STATE_BACKEND_URI: 'zebra://x' } }),
  ]),
];
