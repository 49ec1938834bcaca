import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identifyProcess, judgeProcess } from '../system/process-identity.ts';
import { until } from '../testing/until.ts';
import { type InstallablePlugin } from './install-plugin.ts';
import { type InstallPlace, type InstallProgress, installPlugins } from './install-plugins.ts';
import { createInstallerRecord } from './installer-record.ts';
import { findDefaultPython } from './python-choice.ts';

const env = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
);
const python = await findDefaultPython(env);
const hasIndex = python !== undefined && (await canReachIndex(python));
if (!hasIndex) {
  const reason = python === undefined ? 'no Python on PATH' : 'the Python package index is not reached';
  if (env['CI'] === 'true') throw new Error(`install tests cannot run: ${reason}`);
  process.stderr.write(`SKIPPED install tests: ${reason}\n`);
}

async function canReachIndex(program: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'meltano-index-'));
  const args = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--no-deps',
    '--timeout',
    '10',
    '--retries',
    '0',
    '-d',
    folder,
    'six',
  ];
  const child = spawn(program, args, { stdio: 'ignore' });
  const code = await new Promise((resolve) => child.once('exit', resolve).once('error', () => resolve(1)));
  await rm(folder, { recursive: true, force: true });
  return code === 0;
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meltano-install-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function placeIn(name: string, changes: Partial<InstallPlace> = {}): InstallPlace {
  const root = join(folder, name);
  return {
    root: folder,
    systemDir: join(root, '.meltano'),
    logFolder: join(root, 'logs'),
    cacheFolder: join(folder, 'cache'),
    env,
    backend: 'uv',
    python: undefined,
    expandPipUrl: async ({ pipUrl }) => ({
      text: pipUrl ?? '',
      missing: pipUrl?.includes('$MISSING') ? ['MISSING'] : [],
    }),
    findNative: async (npmPackage) =>
      npmPackage === '@meltano/connector-duckdb' ? 'bundled' : npmPackage === 'tap-acme' ? 'npm' : undefined,
    redact: (text) => text.replaceAll('s3cr3t-token', '(redacted)'),
    ...changes,
  };
}

function plugin(name: string, changes: Partial<InstallablePlugin> = {}): InstallablePlugin {
  return {
    type: 'loaders',
    name,
    folder: name,
    pipUrl: name,
    npmPackage: undefined,
    python: undefined,
    installable: true,
    mapping: undefined,
    ...changes,
  };
}

const small = plugin('target-jsonl');

describe.skipIf(!hasIndex)('installing from the package index', () => {
  it.each(['uv', 'virtualenv'] as const)('installs with %s, then only what has changed', async (backend) => {
    const place = placeIn(`fresh-${backend}`, { backend });
    const cached = join(place.systemDir, 'run', 'target-jsonl', 'target.properties.json');
    await mkdir(join(cached, '..'), { recursive: true });
    await writeFile(cached, '{}');

    const [first] = await installPlugins(place, [small], { reason: 'auto' });
    expect(first).toMatchObject({ status: 'installed' });
    const venv = join(place.systemDir, 'loaders', 'target-jsonl', 'venv');
    expect(existsSync(join(venv, 'bin', 'target-jsonl'))).toBe(true);
    expect(existsSync(cached)).toBe(false);
    // `printf target-jsonl | sha256sum`, which is what Meltano writes.
    const fingerprint = await readFile(join(venv, '.meltano_plugin_fingerprint'), 'utf8');
    expect(fingerprint).toBe('87ecca35f1adbbc28ebbddd9fb8c652bffbe7053a142548c14d65885d6e20fc1');

    expect(await installPlugins(place, [small], { reason: 'auto' })).toMatchObject([
      { status: 'skipped', why: 'unchanged' },
    ]);
    await rm(join(venv, '.meltano_plugin_fingerprint'));
    expect(await installPlugins(place, [small], { reason: 'auto' })).toMatchObject([{ status: 'installed' }]);
  });

  it('says why a package cannot be installed, and goes on with the others', async () => {
    const place = placeIn('failing');
    const progress: InstallProgress[] = [];
    const broken = plugin('target-that-does-not-exist-x1', {
      pipUrl:
        '--extra-index-url https://me:s3cr3t-token@localhost:9/simple target-that-does-not-exist-x1==9.9',
    });
    const [failed, installed] = await installPlugins(place, [broken, small], {
      reason: 'install',
      onProgress: (step) => progress.push(step),
    });
    expect(failed).toMatchObject({ status: 'failed' });
    expect(installed).toMatchObject({ status: 'installed' });
    const error = failed?.status === 'failed' ? failed.error : undefined;
    expect(error?.message).toMatch(/target-that-does-not-exist-x1/);
    const log = String(error?.details['logFile']);
    expect(error?.hint).toContain(log);
    // Invariant 5: the token stands neither in the log nor in the error.
    expect(await readFile(log, 'utf8')).not.toContain('s3cr3t-token');
    expect(JSON.stringify(error)).not.toContain('s3cr3t-token');
    expect(
      existsSync(join(place.systemDir, 'loaders', broken.folder, 'venv', '.meltano_plugin_fingerprint')),
    ).toBe(false);
    expect(progress.map((step) => step.kind)).toContain('started');
  });

  it('two processes at once install once', async () => {
    const place = placeIn('racing');
    const outcomes = await Promise.all([1, 2].map(() => installPlugins(place, [small], { reason: 'auto' })));
    expect(
      outcomes
        .flat()
        .map((outcome) => outcome.status)
        .sort(),
    ).toEqual(['installed', 'skipped']);
  });
});

describe.skipIf(python === undefined)('without the package index', () => {
  const nowhere = 'http://127.0.0.1:9/simple';
  const offline = {
    ...env,
    UV_DEFAULT_INDEX: nowhere,
    UV_INDEX: '',
    UV_FIND_LINKS: '',
    UV_HTTP_RETRIES: '0',
    UV_NO_CACHE: '1',
  };

  it.skipIf(!hasIndex)('says that it is not reached', async () => {
    const place = placeIn('offline', { env: offline });
    const [outcome] = await installPlugins(place, [plugin('target-nowhere-y2')], { reason: 'install' });
    const error = outcome?.status === 'failed' ? outcome.error : undefined;
    expect(error?.code).toBe('install.offline');
    expect(error?.message).toContain('Failed to fetch');
    expect(error?.hint).toContain('install.log');
  });

  it('an abort ends the installer and leaves nothing that looks installed', async () => {
    const place = placeIn('aborted', { env: { ...env, MELTANO_UV: join(folder, 'uv-that-hangs') } });
    await writeFile(
      join(folder, 'uv-that-hangs'),
      '#!/bin/sh\necho $$ > "$(dirname "$0")/uv-pid"\nexec sleep 1000\n',
      { mode: 0o755 },
    );
    const abort = new AbortController();
    const installing = installPlugins(place, [small], { reason: 'install', signal: abort.signal });
    const ended = Promise.allSettled([installing]);
    await until(() => existsSync(join(folder, 'uv-pid')));
    abort.abort();
    expect(await ended).toMatchObject([{ status: 'rejected', reason: { category: 'cancelled' } }]);
    const pid = Number(await readFile(join(folder, 'uv-pid'), 'utf8'));
    await until(() => !existsSync(`/proc/${pid}`));
    expect(
      await installPlugins(
        placeIn('aborted', { expandPipUrl: async () => ({ text: 'x $MISSING', missing: ['MISSING'] }) }),
        [small],
        { reason: 'auto' },
      ),
    ).toMatchObject([{ status: 'skipped', why: 'missing-variable', missing: ['MISSING'] }]);
  });
});

describe('an installation that is killed', () => {
  it('is not taken for a finished one, and its installer is ended at once, or by the next one', async () => {
    const home = join(folder, 'killed');
    await mkdir(home, { recursive: true });
    const uv = join(home, 'uv');
    // Makes a venv that looks right, then hangs while it installs, as long as the file `hang` is there.
    const script = [
      '#!/bin/sh',
      'if [ "$1" = venv ]; then for last; do :; done; mkdir -p "$last/bin"; cp /bin/sh "$last/bin/python"; exit 0; fi',
      `if [ -e '${home}/hang' ]; then echo $$ > '${home}/pid'; exec sleep 1000; fi`,
    ];
    await writeFile(uv, `${script.join('\n')}\n`, { mode: 0o755 });
    await writeFile(join(home, 'hang'), '');
    const place = placeIn('killed', { env: { ...env, MELTANO_UV: uv } });
    const program = `
      import { installPlugins } from ${JSON.stringify(new URL('install-plugins.ts', import.meta.url).pathname)};
      const place = { ...JSON.parse(process.argv[1]), expandPipUrl: async () => ({ text: 'target-jsonl', missing: [] }), findNative: async () => undefined, redact: (text) => text };
      await installPlugins(place, [JSON.parse(process.argv[2])], { reason: 'auto' });`;
    const args = [
      '--conditions=meltano-source',
      '--input-type=module',
      '-e',
      program,
      JSON.stringify(place),
      JSON.stringify(small),
    ];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    // The file is there a moment before its content.
    const written = async () => Number(await readFile(join(home, 'pid'), 'utf8').catch(() => ''));
    await until(
      async () =>
        existsSync(join(place.systemDir, 'loaders', 'target-jsonl', 'installer.json')) &&
        (await written()) > 0,
    );
    const pid = await written();
    const recorded = async () =>
      JSON.parse(
        await readFile(join(place.systemDir, 'loaders', 'target-jsonl', 'installer.json'), 'utf8'),
      ) as { pid: number };
    await until(async () => (await recorded()).pid === pid);
    const installer = await identifyProcess(pid);
    expect(await judgeProcess(installer)).toBe('alive');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await until(async () => (await judgeProcess(installer)) === 'dead');

    // As when the watchdog was killed, too: only the record tells of it.
    const left = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    const leftover = await identifyProcess(left.pid ?? 0);
    await createInstallerRecord(join(place.systemDir, 'loaders', 'target-jsonl')).keep(left.pid ?? 0);
    await rm(join(home, 'hang'));
    expect(await installPlugins(place, [small], { reason: 'auto' })).toMatchObject([{ status: 'installed' }]);
    expect(await judgeProcess(leftover)).toBe('dead');
    expect(await installPlugins(place, [small], { reason: 'auto' })).toMatchObject([
      { status: 'skipped', why: 'unchanged' },
    ]);
  });
});

describe('a plugin that works', () => {
  const changed = plugin('target-jsonl', { pipUrl: 'target-jsonl==99' });

  it.each(['fails', 'is killed'])(
    'goes on working when the installation of another version %s',
    async (how) => {
      const home = join(folder, `keeps-${how.replace(' ', '-')}`);
      await mkdir(home, { recursive: true });
      const uv = join(home, 'uv');
      const script = [
        '#!/bin/sh',
        'if [ "$1" = venv ]; then for last; do :; done; mkdir -p "$last/bin"; cp /bin/sh "$last/bin/python"; exit 0; fi',
        'case "$*" in *==99*) echo "error: no such version"; exit 1 ;; esac',
        `echo "$*" > '${home}/installed'; touch '${home}/venv/bin/target-jsonl'`,
      ];
      const place = placeIn('keeps', {
        systemDir: join(home, '.meltano'),
        env: { ...env, MELTANO_UV: uv },
      });
      const venv = join(place.systemDir, 'loaders', 'target-jsonl', 'venv');
      await writeFile(uv, `${script.join('\n').replace(`${home}/venv`, venv)}\n`, { mode: 0o755 });
      expect(await installPlugins(place, [small], { reason: 'auto' })).toMatchObject([
        { status: 'installed' },
      ]);
      expect(existsSync(join(venv, 'bin', 'target-jsonl'))).toBe(true);
      if (how === 'is killed') {
        // What a kill in the middle leaves: the old one aside, a new one that is not complete.
        await rename(venv, `${venv}.before`);
        await mkdir(join(venv, 'bin'), { recursive: true });
      }
      expect(await installPlugins(place, [changed], { reason: 'auto' })).toMatchObject([
        { status: 'failed', error: { code: 'install.pip_failed' } },
      ]);
      expect(existsSync(join(venv, 'bin', 'target-jsonl'))).toBe(true);
      expect(existsSync(`${venv}.before`)).toBe(false);
      expect(await installPlugins(place, [small], { reason: 'auto' })).toMatchObject([
        { status: 'skipped', why: 'unchanged' },
      ]);
    },
  );
});

describe('what needs no installer', () => {
  it('skips with a reason', async () => {
    const plugins = [
      plugin('target-duckdb', { npmPackage: '@meltano/connector-duckdb', pipUrl: undefined }),
      plugin('tap-acme', { npmPackage: 'tap-acme', pipUrl: undefined }),
      plugin('target-other', { npmPackage: '@meltano/connector-other', pipUrl: undefined }),
      plugin('my-tool', { type: 'utilities', pipUrl: undefined, installable: false }),
      plugin('transform-field', { type: 'mappers', mapping: { name: 'hash', config: {} } }),
    ];
    const outcomes = await installPlugins(placeIn('none'), plugins, { reason: 'install' });
    expect(outcomes).toMatchObject([
      { status: 'skipped', why: 'built-in' },
      { status: 'skipped', why: 'npm-package' },
      {
        status: 'failed',
        error: {
          code: 'install.native_not_available',
          hint: expect.stringContaining('npm install @meltano/connector-other'),
        },
      },
      { status: 'skipped', why: 'not-installable' },
      { status: 'skipped', why: 'mapping' },
    ]);
  });
});
