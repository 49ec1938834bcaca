import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestHub, type TestHub } from './support/hub.ts';
import { meltano, meltanoOk, type TestProject, testProject } from './support/meltano-program.ts';
import { findPython } from './support/python.ts';

/** Tells how it was called; fails when it is told to. */
const fakeDbt = `#!/bin/sh
{ pwd; env | sort; } >"$MELTANO_PROJECT_ROOT/seen-$1.txt"
echo "dbt $*"
[ "$1" != "$FAIL_ON" ] || { echo "07:13:19  Failure in model m (models/m.sql)"; echo "07:13:19"; exit 3; }
`;

const fakes = {
  'tap.sh': `#!/bin/sh
echo '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":["id"]}'
echo '{"type":"RECORD","stream":"s","record":{"id":1}}'
echo '{"type":"STATE","value":{"bookmarks":{"s":1}}}'
`,
  'target.sh': `#!/bin/sh\ncat >/dev/null\necho '{"bookmarks":{"s":1}}'\n`,
  'fake-dbt': fakeDbt,
};

const legacy = `default_environment: dev
environments: [{name: dev}]
plugins:
  extractors:
  - {name: tap-x, namespace: tap_x, executable: ./tap.sh, capabilities: [state], settings: [{name: token}], config: {token: t}}
  loaders:
  - {name: target-x, namespace: target_x, executable: ./target.sh, dialect: duckdb}
  transforms:
  - {name: models-x, namespace: tap_x, pip_url: 'https://example.com/x.git@1.0', package_name: pkg, vars: {a: 1}}
  transformers:
  - name: dbt
    namespace: dbt
    executable: ./fake-dbt
    settings:
    - {name: project_dir, value: $MELTANO_PROJECT_ROOT/transform}
    - {name: target, value: $MELTANO_LOAD__DIALECT}
    - {name: models, value: $MELTANO_TRANSFORM__PACKAGE_NAME $MELTANO_EXTRACTOR_NAMESPACE}
    commands: {clean: clean, deps: deps, run: run --models $DBT_MODELS, test: test}
`;

describe('the older dbt, which elt runs', () => {
  let project: TestProject;
  let options: { cwd: string; env: Record<string, string> };
  beforeAll(async () => {
    project = await testProject({
      ...fakes,
      'meltano.yml': legacy,
      'transform/dbt_project.yml': 'name: x  # kept\nconfig-version: 2\nmodels:\n  x: {}\n',
    });
    options = { cwd: project.folder, env: {} };
    for (const name of Object.keys(fakes)) await chmod(join(project.folder, name), 0o755);
  });
  afterAll(() => project?.[Symbol.asyncDispose]());
  const elt = (...args: string[]) => ['elt', 'tap-x', 'target-x', '--state-id=x', ...args];
  const events = (stderr: string) =>
    stderr
      .split('\n')
      .map((line) => line.replace(/^\S+ \[\w+ *\] \S+ +/, '').trimEnd())
      .filter((line) => /transform|Extract & load|^dbt /i.test(line));
  const seen = async (command: string) =>
    (await readFile(join(project.folder, `seen-${command}.txt`), 'utf8')).split('\n');

  it('clean, deps and run follow the pair, and see its names, its settings and the transform', async () => {
    const { stderr } = await meltanoOk(elt('--transform=run'), options);
    expect(events(stderr)).toEqual([
      'Running extract & load...',
      'Extract & load complete!',
      'Transformations of `elt` are deprecated: run dbt as a block of `run`',
      'Running transformation...',
      'dbt clean',
      'dbt deps',
      'dbt run --models pkg tap_x',
      'Transformation complete!',
    ]);
    const lines = await seen('run');
    expect(lines[0]).toBe(join(project.folder, 'transform'));
    for (const line of [
      'DBT_TARGET=duckdb',
      'MELTANO_EXTRACTOR_NAMESPACE=tap_x',
      'MELTANO_EXTRACT__LOAD_SCHEMA=tap_x',
      'MELTANO_LOADER_NAME=target-x',
      'MELTANO_LOAD__DIALECT=duckdb',
      'MELTANO_TRANSFORMER_NAME=dbt',
      'MELTANO_TRANSFORM_NAME=models-x',
      'TAP_X_TOKEN=t',
    ])
      expect(lines).toContain(line);
  });

  it('only: the pair is left out; skip: dbt is', async () => {
    const only = await meltanoOk(elt('--transform=only'), options);
    expect(events(only.stderr)[0]).toBe('Extract & load skipped.');
    expect(events(only.stderr).at(-1)).toBe('Transformation complete!');
    const skip = await meltanoOk(elt('--transform=skip'), options);
    expect(events(skip.stderr)).toEqual([
      'Running extract & load...',
      'Extract & load complete!',
      'Transformation skipped.',
    ]);
  });

  it('a command that fails ends it; the report says which, and what dbt said on standard output', async () => {
    const failing = { ...options, env: { FAIL_ON: 'deps' } };
    const { code, stderr } = await meltano(elt('--transform=run'), failing);
    expect(code).toBe(1);
    expect(stderr).toContain('Transformation failed');
    expect(stderr).toContain('ELT could not be completed: `dbt deps` failed.');
    expect(stderr).toMatch(/log file at '.*elt\.log'/);
    const { stdout } = await meltanoOk(['runs', 'show'], options);
    expect(stdout).toContain('✓ tap-x target-x');
    expect(stdout).toContain('`dbt deps` failed');
    expect(stdout).toContain('      Failure in model m (models/m.sql)\n');
  });

  it('the state of the pair stays, whatever dbt says', async () => {
    await meltano(elt('--transform=run'), { ...options, env: { FAIL_ON: 'run' } });
    expect((await meltanoOk(['state', 'get', 'x'], options)).stdout).toContain('"s":1');
  });

  it('a block of run sees nothing of its neighbours', async () => {
    await meltanoOk(['run', 'tap-x', 'target-x', 'dbt:test'], options);
    const lines = await seen('test');
    expect(lines.filter((line) => /^(TAP_X|TARGET_X|MELTANO_(EXTRACT|LOAD))/.test(line))).toEqual([]);
    const failed = await meltano(['run', 'dbt:test'], { ...options, env: { FAIL_ON: 'test' } });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('dbt wrote last: Failure in model m (models/m.sql)');
  });

  it('without a transformer named dbt there is an error that says what has taken its place', async () => {
    await using other = await testProject({
      ...fakes,
      'meltano.yml': legacy.replace('- name: dbt\n', '- name: dbt-duckdb\n'),
    });
    const { code, stderr } = await meltano(elt('--transform=only'), { cwd: other.folder });
    expect(code).toBe(1);
    expect(stderr).toContain("Transformer 'dbt' not found");
    expect(stderr).toContain('meltano run tap-x target-x dbt-postgres:run');
  });
});

describe('a transform', () => {
  let hub: TestHub;
  beforeAll(async () => {
    const definition = {
      name: 'tap-x',
      namespace: 'tap_x',
      variant: 'v',
      vars: { schema: "{{ env_var('S') }}" },
    };
    hub = await openTestHub([
      { type: 'transforms', definition: { ...definition, pip_url: 'https://example.com/x.git@1.0' } },
    ]);
  });
  afterAll(() => hub?.[Symbol.asyncDispose]());

  it('is entered in the dbt project, once, and nothing is installed for it', async () => {
    await using project = await testProject({
      'meltano.yml': legacy.replace(/ {2}transforms:\n.*\n/, ''),
      'transform/dbt_project.yml': 'name: x  # kept\nconfig-version: 2\nmodels:\n  x: {}\n',
    });
    const options = { cwd: project.folder, env: hub.env };
    const read = (name: string) => readFile(join(project.folder, 'transform', name), 'utf8');
    for (const _ of [1, 2]) {
      const { stderr } = await meltanoOk(['add', '--plugin-type', 'transform', 'tap-x'], options);
      expect(stderr).toContain(
        "Adding dbt package 'https://example.com/x.git@1.0' to 'transform/packages.yml'...",
      );
      expect(stderr).toContain("Adding dbt model to 'transform/dbt_project.yml'...");
    }
    expect(await read('packages.yml')).toBe(
      "packages:\n- git: https://example.com/x.git\n  revision: '1.0'\n",
    );
    expect(await read('dbt_project.yml')).toBe(
      "name: x  # kept\nconfig-version: 2\nmodels:\n  x: {}\n  tap_x: {}\nvars:\n  tap_x:\n    schema: '{{ env_var(''S'') }}'\n",
    );
    const { stderr } = await meltanoOk(['install', 'tap-x'], options);
    expect(stderr).toContain("The models of 'tap-x' are entered in the dbt project by");
  });
});

const python = await findPython();
const isWanted = python !== undefined && process.env['MELTANO_TEST_DBT'] !== undefined;
if (!isWanted) process.stderr.write('SKIPPED dbt from PyPI: needs python3 and MELTANO_TEST_DBT=1\n');

/** The Hub's definition of dbt-duckdb, with versions that install from PyPI alone. */
const dbtDuckdb = {
  name: 'dbt-duckdb',
  namespace: 'dbt_duckdb',
  variant: 'jwills',
  executable: 'dbt_invoker',
  pip_url: 'dbt-core<1.12 dbt-duckdb meltano-dbt-ext~=0.5.0',
  settings: [
    { name: 'path', kind: 'string', value: '${MELTANO_PROJECT_ROOT}/output/warehouse.duckdb' },
    {
      name: 'profiles_dir',
      value: '$MELTANO_PROJECT_ROOT/transform/profiles/duckdb',
      env: 'DBT_PROFILES_DIR',
    },
    { name: 'project_dir', value: '$MELTANO_PROJECT_ROOT/transform', env: 'DBT_PROJECT_DIR' },
    { name: 'schema', kind: 'string', value: 'main' },
    { name: 'skip_pre_invoke', kind: 'boolean', value: false, env: 'DBT_EXT_SKIP_PRE_INVOKE' },
    {
      name: 'target_path',
      kind: 'string',
      value: '$MELTANO_PROJECT_ROOT/.meltano/transformers/dbt/target',
      env: 'DBT_TARGET_PATH',
    },
    { name: 'type', value: 'duckdb', env: 'DBT_EXT_TYPE' },
  ],
  commands: {
    build: { args: 'build' },
    debug: { args: 'debug' },
    initialize: { args: 'initialize', executable: 'dbt_extension' },
    run: { args: 'run' },
    test: { args: 'test' },
  },
};

describe.skipIf(!isWanted)('dbt-duckdb from PyPI, as the Hub defines it', () => {
  let hub: TestHub;
  let project: TestProject;
  let options: { cwd: string; env: Record<string, string> };
  beforeAll(async () => {
    hub = await openTestHub([{ type: 'utilities', definition: dbtDuckdb }]);
    project = await testProject({
      'meltano.yml': `default_environment: dev
environments: [{name: dev}]
plugins:
  extractors:
  - name: tap-csv
    variant: native
    config: {files: [{entity: orders, path: orders.csv, keys: [id], schema: {amount: {type: integer}}}]}
  loaders:
  - name: target-duckdb
    variant: native
    config: {filepath: output/warehouse.duckdb}
`,
      'orders.csv': 'id,name,amount\n1,Ada,10\n2,Grace,20\n3,Ada,5\n',
      'output/.gitkeep': '',
    });
    options = { cwd: project.folder, env: { ...hub.env, DBT_EXT_SKIP_PRE_INVOKE: 'true' } };
    await meltanoOk(['add', 'dbt-duckdb'], options);
    await meltanoOk(['invoke', 'dbt-duckdb:initialize'], options);
  }, 600_000);
  afterAll(async () => {
    await project?.[Symbol.asyncDispose]();
    await hub?.[Symbol.asyncDispose]();
  });

  it('loads, then transforms what was loaded', async () => {
    await write('sources.yml', 'version: 2\nsources: [{name: tap_csv, tables: [{name: orders}]}]\n');
    await write(
      'revenue.sql',
      "select name, sum(amount) as total from {{ source('tap_csv', 'orders') }} group by name\n",
    );
    const { stderr } = await meltanoOk(['run', 'tap-csv', 'target-duckdb', 'dbt-duckdb:run'], options);
    expect(stderr).toContain('Done. PASS=1 WARN=0 ERROR=0');
    expect((await meltanoOk(['invoke', 'dbt-duckdb:debug'], options)).stderr).toContain('All checks passed!');
  }, 300_000);

  it('a test that fails: its exit code, and what failed', async () => {
    await write(
      'few.yml',
      'version: 2\nmodels: [{name: revenue, columns: [{name: total, data_tests: [unique]}]}]\n',
    );
    await meltanoOk(['invoke', 'dbt-duckdb:test'], options);
    await write('broken.sql', "select nope from {{ source('tap_csv', 'orders') }}\n");
    const { code, stderr } = await meltano(['run', 'dbt-duckdb:build'], options);
    expect(code).toBe(1);
    expect(stderr).toContain('dbt-duckdb wrote last: Failure in model broken (models/broken.sql)');
    const { stdout } = await meltanoOk(['runs', 'show'], options);
    expect(stdout).toContain('Referenced column "nope" not found');
    expect((await meltano(['invoke', 'dbt-duckdb:build'], options)).code).toBe(1);
  }, 300_000);

  const write = async (name: string, content: string) => {
    await writeFile(join(project.folder, 'transform/models', name), content);
  };
});
