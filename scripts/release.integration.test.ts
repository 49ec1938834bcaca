import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');
const launcher = resolve(root, 'packages/cli/bin/meltano');

/** A user who installs the package is in no npm script, whose variables would tell npm about this repository. */
function withoutNpmScript(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ofScript = /^(INIT_CWD$|NODE$|npm_(?!config_(registry|cafile|proxy|https_proxy|noproxy)$))/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofScript.test(name)));
}

describe('the published package', () => {
  let folder: string;
  let program: string;
  const env = () => ({
    PATH: `${dirname(process.execPath)}${delimiter}/usr/bin${delimiter}/bin`,
    HOME: join(folder, 'home'),
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'meltano-release-'));
    await mkdir(join(folder, 'home'));
    await run(process.execPath, ['--conditions=meltano-source', 'scripts/build.ts', '--pack', folder], {
      cwd: root,
    });
    // What was built must not be found by the tests that run from source.
    await rm(resolve(root, 'packages/cli/dist'), { recursive: true });
    await run(
      'npm',
      [
        'install',
        '--global',
        '--no-audit',
        '--no-fund',
        '--prefix',
        join(folder, 'prefix'),
        join(folder, 'meltano-0.1.0.tgz'),
      ],
      {
        cwd: folder,
        env: { ...withoutNpmScript(process.env), HOME: join(folder, 'home') },
      },
    );
    program = join(folder, 'prefix/bin/meltano');
  }, 300_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('asks for nothing that is not published', async () => {
    const manifest = JSON.parse(
      await readFile(join(folder, 'prefix/lib/node_modules/meltano/package.json'), 'utf8'),
    );
    expect(Object.keys(manifest.dependencies)).toEqual(['@duckdb/node-api']);
  });

  it('is a sound package', async () => {
    const { stdout } = await run(
      process.execPath,
      [
        resolve(root, 'node_modules/publint/src/cli.js'),
        'run',
        join(folder, 'meltano-0.1.0.tgz'),
        '--strict',
      ],
      { cwd: root },
    );
    expect(stdout).toContain('All good!');
  });

  it('knows its version', async () => {
    expect((await run(program, ['--version'], { env: env() })).stdout).toBe('meltano, version 0.1.0\n');
  });

  it("runs the tour's commands in an empty home", async () => {
    const meltano = (...args: string[]) => run(program, args, { cwd: join(folder, 'tour'), env: env() });
    await run(program, ['init', '--no-usage-stats', 'tour'], { cwd: folder, env: env() });
    await writeFile(join(folder, 'tour/people.csv'), 'id,name\n1,Ada\n2,"Grace ""H"""\n');
    await meltano('add', 'tap-csv', 'target-duckdb');
    await meltano(
      'config',
      'set',
      'tap-csv',
      'files',
      '[{"entity": "people", "path": "people.csv", "keys": ["id"]}]',
    );
    await meltano('config', 'set', 'target-duckdb', 'filepath', 'output/w.duckdb');
    await meltano('run', 'tap-csv', 'target-duckdb');
    await meltano('run', 'tap-csv', 'target-duckdb');
    expect((await meltano('state', 'list')).stdout).toContain('dev:tap-csv-to-target-duckdb');
    expect((await meltano('invoke', 'tap-csv', '--version')).stdout).toContain('tap-csv');
    const instance = await DuckDBInstance.create(join(folder, 'tour/output/w.duckdb'), {
      access_mode: 'READ_ONLY',
    });
    const connection = await instance.connect();
    const rows = (
      await connection.runAndReadAll('SELECT id, name FROM tap_csv.people ORDER BY id')
    ).getRowsJson();
    connection.closeSync();
    instance.closeSync();
    expect(rows).toEqual([
      ['1', 'Ada'],
      ['2', 'Grace "H"'],
    ]);
  }, 120_000);

  it.each(['postgresql', 'mysql'])(
    'has the driver of %s inside',
    async (scheme) => {
      const at = { MELTANO_DATABASE_URI: `${scheme}://me@127.0.0.1:1/db`, MELTANO_DATABASE_MAX_RETRIES: '0' };
      const listed = run(program, ['state', 'list'], {
        cwd: join(folder, 'tour'),
        env: { ...env(), ...at },
      });
      await expect(listed).rejects.toMatchObject({
        stderr: expect.stringContaining('ECONNREFUSED 127.0.0.1:1'),
      });
    },
    120_000,
  );
});

describe('the launcher', () => {
  it('says in one sentence what is missing when Node.js is too old', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'meltano-launcher-'));
    try {
      await mkdir(join(folder, 'package/bin'), { recursive: true });
      await copyFile(launcher, join(folder, 'package/bin/meltano'));
      await writeFile(join(folder, 'node'), '#!/bin/sh\necho v20.20.2\n');
      await chmod(join(folder, 'node'), 0o755);
      const tooOld = run('/bin/sh', [join(folder, 'package/bin/meltano'), '--version'], {
        env: { PATH: `${folder}:/usr/bin:/bin` },
      });
      await expect(tooOld).rejects.toMatchObject({ code: 1, stdout: '' });
      const { stderr } = await tooOld.catch((error: { stderr: string }) => error);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain('v20.20.2');
      expect(stderr).toContain('22.19');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('works from any folder, through links, with another Node.js first on PATH', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'meltano-launcher-'));
    try {
      await symlink(resolve(root, 'bin/meltano'), join(folder, 'm'));
      await writeFile(join(folder, 'node'), '#!/bin/sh\nexit 77\n');
      await chmod(join(folder, 'node'), 0o755);
      const { stdout } = await run(join(folder, 'm'), ['--version'], {
        cwd: '/',
        env: { PATH: `${folder}:/usr/bin:/bin` },
      });
      expect(stdout).toContain('meltano, version');
      const target = await run(resolve(root, 'node_modules/.bin/target-duckdb'), ['--version'], {
        cwd: '/',
        env: { PATH: `${folder}:/usr/bin:/bin` },
      });
      expect(target.stdout).toContain('target-duckdb');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
