import { parse } from 'yaml';
import { changesLog, drops, writes } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';

const bare = {
  'meltano.yml': '# mine\ndefault_environment: dev\nproject_id: p1\nenvironments:\n- name: dev\n',
};

const twin = (name: string) => `  - name: ${name}
    namespace: twin
    executable: x
`;
const withoutLoader = `project_id: p1
plugins:
  extractors:
${twin('tap-twin')}${twin('tap-other')}`;
const twins = { 'meltano.yml': `${withoutLoader}  loaders:\n${twin('tap-twin')}` };

/** Questions and explanations are each program's own. */
const none = /^\0/;

/** The rest explains how to have both variants. */
const learnMore = /^To learn more about \w+ '/;

export const addScenarios: readonly Scenario[] = [
  scenario('a plugin of the Hub', bare, [
    'add --no-install tap-shop',
    'add --no-install target-lake',
    'add --no-install tap-shop',
    step('add --no-install tap-shop --variant=other', { only: learnMore }),
    step('add --no-install tap-shop --no-update', { only: learnMore }),
  ]),
  scenario('a plugin that names its Python', bare, [
    'add --no-install target-old',
    'add --no-install target-old --as target-newer --python=python3.12',
  ]),
  scenario('a variant', bare, [
    'add --no-install tap-shop --variant other',
    'add --no-install tap-shop --variant=nope',
  ]),
  scenario('inheriting', bare, [
    'add --no-install tap-shop',
    'add --no-install tap-eu --inherit-from tap-shop',
    'add --no-install tap-shop --as tap-us',
    'add --no-install tap-old --inherit-from tap-shop --variant other',
    'add --no-install target-eu --inherit-from=target-lake',
    'add --no-install tap-none --inherit-from=tap-nowhere',
  ]),
  scenario('unknown names', bare, [
    'add --no-install tap-nope',
    'add --no-install --plugin-type=loader tap-shop',
    'add --no-install --plugin-type=zebra tap-shop',
    'add --no-install a:b',
    'add',
  ]),
  scenario('several at once', bare, ['add --no-install tap-shop target-lake --python=python3']),
  scenario('what it requires', bare, [
    step('add --no-install polish', {
      differs: [
        writes('no-lock-key', 'meltano.yml', (yml: { plugins: { loaders: Record<string, unknown>[] } }) => ({
          ...yml,
          plugins: { ...yml.plugins, loaders: yml.plugins.loaders.map(({ lock: _, ...entry }) => entry) },
        })),
      ],
    }),
  ]),
  scenario('a mapper', bare, ['add --no-install --plugin-type mapper mapper-swap']),
  scenario(
    'from a definition in a file',
    {
      ...bare,
      'ref.yml': `name: tap-ref
namespace: tap_ref
variant: acme
label: Ref
pip_url: tap-ref
executable: tap-ref
capabilities: [discover]
settings:
- {name: a, kind: password}
select: ['*.*']
zebra: 1
`,
      'bad.yml': 'label: x\n',
    },
    [
      'add --no-install --from-ref=ref.yml tap-ref',
      'add --no-install --from-ref=bad.yml tap-bad',
      'add --no-install --from-ref=none.yml tap-none',
    ],
  ),
  scenario('custom, with answers', bare, [
    step('add --no-install --custom tap-own', {
      input: '\nmy-pkg\n\ncatalog,discover\nport:integer,user\n',
      only: none,
    }),
    step('add --no-install --custom target-own', { input: '\nn\n\n\n', only: none }),
    step('add --no-install --custom --plugin-type=transform t', { input: '', only: none }),
  ]),
  scenario('lock', bare, [
    'add --no-install tap-shop',
    'lock',
    'lock --update',
    step('lock tap-shop', { write: { 'plugins/extractors/tap-shop--acme.lock': null } }),
    'lock nope',
    'lock --plugin-type=loader',
  ]),
  scenario('remove', bare, [
    'add --no-install tap-shop target-lake',
    'config set tap-shop username bob',
    'remove tap-shop',
    'remove tap-shop',
    step('remove target-lake nope', {
      differs: [
        changesLog('removed-entries', 'Fully removed 0/2 plugins', (line) => ({
          ...line,
          event: 'Fully removed 1/2 plugins',
        })),
      ],
    }),
  ]),
  scenario(
    'remove beside plugins without a lock file',
    {
      'meltano.yml': `project_id: p1
plugins:
  extractors:
  - name: tap-shop
    variant: acme
  - name: tap-other-shop
    inherit_from: tap-shop
    variant: other
  - name: tap-custom
    namespace: custom
    executable: x
`,
    },
    [step('remove tap-custom', { differs: [drops('no-database-yet', '(a sentence)')] })],
  ),
  scenario('remove with a type before the name', twins, [
    step('remove loader tap-twin', {
      differs: [
        drops('no-database-yet', '(a sentence)'),
        drops('type-word', 'Fully removed 0/2 plugins'),
        writes('type-word', 'meltano.yml', () => parse(withoutLoader)),
      ],
    }),
    step('remove extractors tap-twin tap-other', {
      write: twins,
      differs: [
        drops('no-database-yet', '(a sentence)'),
        changesLog('type-word', 'Fully removed 0/3 plugins', () => ({
          level: 'info',
          event: 'Fully removed 2/2 plugins',
        })),
      ],
    }),
    step('remove --plugin-type=loader tap-twin', {
      write: twins,
      differs: [drops('no-database-yet', '(a sentence)')],
    }),
    step('remove utility', { write: twins, differs: [drops('no-database-yet', '(a sentence)')] }),
  ]),
];
