import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { meltano, meltanoOk, testProject } from './support/meltano-program.ts';
import { findPython } from './support/python.ts';

const yml = `default_environment: dev
environments: [{name: dev}]
plugins:
  orchestrators:
  - name: airflow
    namespace: airflow
    executable: ./fake.sh
    settings: [{name: core.secret, sensitive: true, value: hidden%%word}]
  utilities:
  - name: superset
    namespace: superset
    executable: ./fake.sh
    settings:
    - {name: SECRET_KEY, sensitive: true, value: it's "q"}
    - {name: FLAGS, kind: object, value: {A: true, B: null}}
    - {name: ROW_LIMIT, kind: integer, value: 50}
    - {name: lower, value: x}
`;

/** Shows the file that it was started with, and who may read it. */
const fake = `#!/bin/sh
file="$AIRFLOW_CONFIG$SUPERSET_CONFIG_PATH"
case "$*" in
'config list --defaults') printf '%b' "\${DEFAULTS:-[core]\\nsecret = x\\n}" ;;
version) echo "\${AIRFLOW_VERSION:-2.10.1}" ;;
show) ls -l "$file" | cut -c1-10; cat "$file" ;;
fails) exit 4 ;;
db\\ *|init) echo "database of hidden%%word" >&2; exit "\${DATABASE:-0}" ;;
esac
`;

async function fakeProject(more: Readonly<Record<string, string>> = {}) {
  const project = await testProject({ 'meltano.yml': yml, 'fake.sh': fake, ...more });
  await chmod(join(project.folder, 'fake.sh'), 0o755);
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    meltano(args, { cwd: project.folder, env });
  const left = () => readdir(join(project.folder, '.meltano/run'), { recursive: true });
  return { ...project, run, left, [Symbol.asyncDispose]: () => project[Symbol.asyncDispose]() };
}

describe.each([
  ['airflow', 'secret = hidden%%word'],
  ['superset', `'SECRET_KEY': 'it\\'s "q"'`],
])('the configuration file of %s', (name, line) => {
  it('can be read by its owner only, and is gone afterwards, however the program ends', async () => {
    await using project = await fakeProject();
    const { stdout } = await meltanoOk(['invoke', name, 'show'], { cwd: project.folder });
    expect(stdout.split('\n')[0]).toBe('-rw-------');
    expect(stdout).toContain(line);
    expect((await project.run(['invoke', name, 'fails'])).code).toBe(4);
    expect((await project.run(['invoke', name, 'show'], { DATABASE: '3' })).code).toBe(1);
    const files = (await project.left()).filter((path) => /\.(cfg|py)$/.test(path));
    expect(files).toEqual([]);
  });

  it('is printed by --dump=config', async () => {
    await using project = await fakeProject();
    const { stdout } = await meltanoOk(['invoke', '--dump=config', name], { cwd: project.folder });
    expect(stdout).toContain(line);
  });
});

it('a command before the plugin that fails is named, with what it wrote and without secrets', async () => {
  await using project = await fakeProject();
  const { code, stderr } = await project.run(['invoke', 'airflow', 'show'], { DATABASE: '3' });
  expect(code).toBe(1);
  expect(stderr).toContain("'airflow' cannot be started: `airflow db init` ended with exit code 3");
  expect(stderr).toContain('database of (redacted)');
});

it.each([
  [{ DEFAULTS: 'Warning!\\n[core]\\n' }, 'printed what is no configuration: line 1 stands in no section'],
  [
    { DEFAULTS: '[other]\\n' },
    "'core' cannot be written into airflow.cfg: airflow.cfg has no section [core]",
  ],
  [{ AIRFLOW_CORE_SECRET: '50%' }, "'core.secret' cannot be written into airflow.cfg: a single %"],
  [{ AIRFLOW_VERSION: 'none' }, '`airflow version` printed no version'],
])('with %j airflow is not started, and the reason is said', async (env, reason) => {
  await using project = await fakeProject();
  const { code, stdout, stderr } = await project.run(['invoke', 'airflow', 'show'], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.replace(/\s+/g, ' ')).toContain(reason);
});

it('superset gets what is in capitals, and the project’s own file over it', async (context) => {
  const python = await findPython();
  if (python === undefined) return context.skip('needs python3');
  await using project = await fakeProject({
    'own.py': "ROW_LIMIT = 7\nlow = 1\nOTHER = ['x']\n",
    'fake.sh': `#!/bin/sh
[ "$*" = show ] || exit 0
exec ${python} -c 'import os, runpy; print(sorted((k, v) for k, v in runpy.run_path(os.environ["SUPERSET_CONFIG_PATH"]).items() if k[0].isalpha() and k.isupper()))'
`,
  });
  const own = await project.run(['invoke', 'superset', 'show'], { SUPERSET__CONFIG_PATH: 'own.py' });
  expect(own.stdout).toBe(
    `[('FLAGS', {'A': True, 'B': None}), ('OTHER', ['x']), ('ROW_LIMIT', 7), ('SECRET_KEY', 'it\\'s "q"')]\n`,
  );
  const missing = await project.run(['invoke', 'superset', 'show'], { SUPERSET__CONFIG_PATH: 'none.py' });
  expect({ code: missing.code, stdout: missing.stdout }).toEqual({ code: 1, stdout: '' });
  expect(missing.stderr).toContain('Could not find config file');
});
