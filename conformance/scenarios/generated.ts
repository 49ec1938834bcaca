import { replaces } from '../differences.ts';
import { type Scenario, scenario, step } from '../scenario.ts';

/**
 * Small projects from a fixed seed: settings of each kind × inheritance × environments × variables × `.env` ×
 * references. What lies behind a decision of `differences.md` (references in root `env:`, decimals) is left out.
 */
const seed = 20_261_126;
const count = 40;

const settings = [
  {
    name: 'host',
    default: '"localhost"',
    values: ['h1', '"$SHELL_V"', '"x-${DOT_V}-y"', '"${ENV_V}"', '"\\\\$SHELL_V"'],
  },
  { name: 'port', kind: 'integer', default: '5432', values: ['1', '"2"', '"$NUMBER_V"'] },
  { name: 'fast', kind: 'boolean', default: 'false', values: ['true', '"yes"', '"$TRUE_V"'] },
  { name: 'tags', kind: 'array', default: '[a, b]', values: ['[c]', '["$SHELL_V", d]', "'[1, 2]'", '[]'] },
  { name: 'auth.user', aliases: ['username'], default: '"root"', values: ['bob', '"$ROOT_V"', '""'] },
  {
    name: 'since',
    kind: 'date_iso8601',
    default: "'2020-01-01'",
    values: ["'2021-02-03T04:05:06Z'", "'2024-02-29'"],
  },
  { name: 'secret', sensitive: true, default: undefined, values: ['s1', 's2'] },
  { name: 'opts', kind: 'object', default: '{x: 1}', values: ['{y: 2}', '{}', '{z: {q: [1]}}', '"$OPTS_V"'] },
  { name: 'level', kind: 'options', default: 'low', values: ['high', '"$LEVEL_V"'] },
  {
    name: 'note',
    default: undefined,
    values: [
      'null',
      '"two\\nlines"',
      "'it''s'",
      'ünï',
      '"${UNSET_V}"',
      '2024-01-01',
      '"a $ b"',
      '0x10',
      '1_000',
      '~',
    ],
  },
] as const;

const texts: Readonly<Record<string, readonly string[]>> = {
  host: ['from-var', '', '$SHELL_V'],
  port: ['7', ' 8 '],
  fast: ['1', 'no', 'TRUE'],
  tags: ['["v"]', "('p', 'q')"],
  'auth.user': ['var-user'],
  since: ['2022-03-04'],
  secret: ['s3'],
  opts: ['{"v": 1}', "{'p': 'q'}"],
  level: ['high'],
  note: ["quo'te", 'ü', '#x'],
};

type Random = () => number;

/** Mulberry32: small, and the same on every machine. */
function createRandom(start: number): Random {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const chance = (random: Random, probability: number) => random() < probability;
const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
const indent = (spaces: number, lines: readonly string[]) =>
  lines.map((line) => `${' '.repeat(spaces)}${line}`);

function definitionLines(random: Random): readonly string[] {
  return settings.flatMap((setting) => [
    `- name: ${setting.name}`,
    ...('kind' in setting ? [`  kind: ${setting.kind}`] : []),
    ...('aliases' in setting ? [`  aliases: [${setting.aliases.join(', ')}]`] : []),
    ...(setting.name === 'level' ? ['  options: [{label: L, value: low}, {label: H, value: high}]'] : []),
    ...('sensitive' in setting ? ['  sensitive: true'] : []),
    ...(setting.default !== undefined && chance(random, 0.6) ? [`  value: ${setting.default}`] : []),
  ]);
}

function configLines(random: Random, probability: number): readonly string[] {
  const chosen = settings.filter(() => chance(random, probability));
  const lines = chosen.map(({ name, values }) => `${name}: ${pick<string>(random, values)}`);
  const custom = chance(random, 0.3) ? [`extra_${pick(random, ['a', 'b'])}: {deep: [1, "$SHELL_V"]}`] : [];
  return [...lines, ...custom];
}

function withConfig(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['config:', ...indent(2, lines)];
}

function pluginLines(random: Random, plugins: readonly string[]): readonly string[] {
  return plugins.flatMap((name, index) => {
    const parent = plugins[index - 1];
    const own =
      parent === undefined
        ? ['namespace: tap_ns', 'executable: x', 'settings:', ...definitionLines(random)]
        : [`inherit_from: ${parent}`];
    const namespace = parent !== undefined && chance(random, 0.2) ? [`namespace: ns_${index}`] : [];
    const extras = chance(random, 0.3) ? ["select: ['users.*']"] : [];
    return [
      `- name: ${name}`,
      ...indent(2, [...own, ...namespace, ...withConfig(configLines(random, 0.4)), ...extras]),
    ];
  });
}

function environmentLines(random: Random, plugins: readonly string[]): readonly string[] {
  const overrides = plugins
    .filter(() => chance(random, 0.5))
    .flatMap((name) => {
      const lines = withConfig(configLines(random, 0.4));
      return lines.length === 0 ? [] : [`- name: ${name}`, ...indent(2, lines)];
    });
  const config =
    overrides.length === 0 ? [] : ['config:', '  plugins:', '    extractors:', ...indent(4, overrides)];
  const env = chance(random, 0.5) ? ['env:', '  ENV_V: from-environment'] : [];
  return ['- name: dev', ...indent(2, [...config, ...env])];
}

function variables(random: Random, plugins: readonly string[], probability: number): Record<string, string> {
  const prefixes = plugins.map((name) => name.toUpperCase().replaceAll('-', '_'));
  return Object.fromEntries(
    settings
      .filter(() => chance(random, probability))
      .map(({ name }) => [
        `${pick(random, prefixes)}_${name.toUpperCase().replaceAll('.', '_')}`,
        pick(random, texts[name] ?? ['']),
      ]),
  );
}

function generate(random: Random, index: number): Scenario {
  const plugins = ['tap-a', 'tap-b', 'tap-c'].slice(0, 1 + Math.floor(random() * 3));
  const rootEnv = chance(random, 0.4) ? ['env:', '  ROOT_V: from-root'] : [];
  const yml = [
    'project_id: p1',
    ...rootEnv,
    'environments:',
    ...environmentLines(random, plugins),
    'plugins:',
    '  extractors:',
    ...indent(2, pluginLines(random, plugins)),
    '',
  ].join('\n');
  const dotenv = { DOT_V: 'from-dotenv', ...variables(random, plugins, 0.15) };
  const env = {
    SHELL_V: 'from-shell',
    NUMBER_V: '42',
    TRUE_V: 'true',
    LEVEL_V: 'high',
    OPTS_V: '{"w": 1}',
    ...(chance(random, 0.2)
      ? { [`${pick(random, plugins).toUpperCase().replace('-', '_')}_USERNAME`]: 'by-alias' }
      : {}),
    ...variables(random, plugins, 0.15),
  };
  const environment = chance(random, 0.5) ? '--environment=dev ' : '';
  const plugin = plugins.at(-1) ?? 'tap-a';
  const dotenvText = Object.entries(dotenv).map(([name, value]) => `${name}=${value}\n`);
  return scenario(
    `project ${index + 1}`,
    { 'meltano.yml': yml, ...(chance(random, 0.6) ? { '.env': dotenvText.join('') } : {}) },
    [
      step(`${environment}config print ${plugin}`, { env }),
      step(`${environment}config list ${plugin} --all`, { env }),
      step(`${environment}config --unsafe print --format=env ${pick(random, plugins)}`, { env }),
    ],
  );
}

/** The same seed gives the same projects; another one is worth a look with `compare-live.ts`. */
export function generateProjects(start: number, length: number): readonly Scenario[] {
  const random = createRandom(start);
  return Array.from({ length }, (_, index) => generate(random, index));
}

/** An object that is inherited keeps the members that are nested more than once. */
const dotted = replaces(
  'literal-dots',
  '"opts": {},',
  '"opts": {\n    "z": {\n      "q": [\n        1\n      ]\n    }\n  },',
);

export const generatedScenarios: readonly Scenario[] = generateProjects(seed, count).map((each) =>
  each.name === 'project 26'
    ? { ...each, steps: each.steps.map((one, at) => (at === 0 ? { ...one, differs: [dotted] } : one)) }
    : each,
);
