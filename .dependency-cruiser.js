// The floors of the house: who may import whom. `scripts/check-floors.ts` runs these rules over the whole
// repository and, as a control, over the forbidden imports in test/floors. Why: docs/decisions.

const source = '^(packages|connectors)/[^/]+/src/';

/** Files below `from` may import, of what lies below `within`, only themselves and `allowed`. */
const floor = (name, from, allowed, within = source) => ({
  name,
  severity: 'error',
  from: { path: `^(${from})/`, pathNot: ['^packages/cli/src/connectors\\.ts$', '\\.test\\.ts$'] },
  to: { path: within, pathNot: ['^$1/', ...allowed.map((each) => `^${each}/`)] },
});

const engine = 'packages/engine/src';
const room = (name, ...allowed) =>
  floor(
    `engine-${name}`,
    `${engine}/${name}`,
    allowed.map((each) => `${engine}/${each}`),
    `^${engine}/[^/]+/`,
  );

const packages = (...names) => names.map((name) => `packages/${name}`);

const floors = {
  foundation: [],
  singer: packages('foundation'),
  project: packages('foundation', 'singer'),
  sdk: packages('foundation', 'singer'),
  engine: packages('foundation', 'singer', 'project', 'sdk'),
  cli: packages('foundation', 'singer', 'project', 'sdk', 'engine'),
  'create-tap': packages('sdk'),
  'create-target': packages('sdk'),
  'create-mapper': packages('sdk'),
};

const rooms = {
  system: ['run'],
  logs: ['run', 'system'],
  state: ['run', 'system'],
  hub: ['system'],
  workspace: ['hub'],
  invoke: ['workspace', 'system', 'run'],
  install: ['workspace', 'invoke', 'system'],
  catalog: ['workspace', 'invoke', 'run'],
  run: ['workspace', 'invoke', 'catalog', 'state', 'logs', 'system'],
  preview: ['workspace', 'invoke', 'catalog', 'run'],
  diagnose: ['workspace', 'invoke', 'install', 'hub', 'state', 'system', 'run'],
  testing: ['state', 'system', 'run', 'workspace', 'invoke'],
};

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(floors).map(([name, allowed]) => floor(name, `packages/${name}`, allowed)),
    floor('connectors', 'connectors/[^/]+', packages('sdk', 'singer', 'foundation')),
    ...Object.entries(rooms).map(([name, allowed]) => room(name, ...allowed)),
    {
      name: 'folder-without-a-floor',
      comment: 'A new package or engine room must be entered in the tables above.',
      severity: 'error',
      from: {
        path: '^(packages|connectors)/',
        pathNot: [
          `^packages/(${Object.keys(floors)
            .filter((name) => name !== 'engine')
            .join('|')})/`,
          '^connectors/[^/]+/',
          `^${engine}/(${Object.keys(rooms).join('|')})/`,
          `^${engine}/[^/]+\\.ts$`,
          '^packages/engine/(fixtures|test)/',
        ],
      },
      to: {},
    },
    {
      name: 'portable-without-node',
      severity: 'error',
      from: { path: '^packages/(foundation|singer|project)/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'foundation-without-dependencies',
      severity: 'error',
      from: { path: '^packages/foundation/src/', pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Tests may import what they test and use syntax that the parser does not know yet.
    exclude: { path: '^(packages|connectors)/[^/]+/(dist|test)/|\\.test\\.ts$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['meltano-source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js'],
    },
  },
};
