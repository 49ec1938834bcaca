import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalRegistry, startLocalRegistry } from './support/local-registry.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');
let folder: string;
let registry: LocalRegistry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meltano-author-'));
  await mkdir(join(folder, 'home'));
  await run(process.execPath, ['scripts/build-libraries.ts', '--pack', join(folder, 'packages')], {
    cwd: root,
  });
  // What was built must not be found by the tests that run from source.
  for (const dist of globSync('packages/{foundation,singer,sdk,create-*}/dist', { cwd: root }))
    await rm(resolve(root, dist), { recursive: true });
  registry = await startLocalRegistry(join(folder, 'packages'));
  await writeFile(
    join(folder, 'home/.npmrc'),
    `@meltano:registry=${registry.url}\naudit=false\nfund=false\n`,
  );
}, 120_000);

afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

/** A user who begins has this repository's `meltano`, an empty home, and nothing of npm's scripts in the environment. */
function newcomer(): NodeJS.ProcessEnv {
  const ofScript =
    /^(INIT_CWD$|NODE$|NODE_OPTIONS$|VITEST|npm_(?!config_(registry|cafile|proxy|https_proxy|noproxy)$))/;
  const kept = Object.entries(process.env).filter(([name]) => !ofScript.test(name));
  const path = [dirname(process.execPath), resolve(root, 'bin'), process.env['PATH'] ?? ''].join(delimiter);
  return { ...Object.fromEntries(kept), HOME: join(folder, 'home'), PATH: path, NODE_NO_WARNINGS: '1' };
}

it('docs/sdk/tutorial.md does what it says, with packages as they are published', async () => {
  const text = await readFile(resolve(root, 'docs/sdk/tutorial.md'), 'utf8');
  const script = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join('\n');
  const { stdout, stderr } = await run('sh', ['-eu', '-c', script], {
    cwd: folder,
    env: newcomer(),
    maxBuffer: 64_000_000,
  }).catch((error: { stdout: string; stderr: string; message: string }) => {
    throw new Error(`${error.message}\n${error.stdout.slice(-4_000)}\n${error.stderr.slice(-4_000)}`);
  });
  // The proposal of probe, the suite from the recording, the last state, the loaded project, the package.
  expect(stdout).toContain('paginate: nextLink(');
  expect(stdout).toContain('"replication_key_value":"2024-02-14T00:00:00.000Z"');
  expect(stdout).toContain('two connectors inside this program');
  expect(stdout).toContain('dev:tap-acme-to-target-duckdb');
  expect(`${stdout}${stderr}`).toContain('tap-acme@0.1.0');
  const cassette = await readFile(join(folder, 'tap-acme/test/cassettes/tap-acme.json'), 'utf8');
  expect(cassette).not.toContain('Bearer');
}, 300_000);

it.each(['target', 'mapper'])(
  'a new %s passes its own tests',
  async (kind) => {
    const env = newcomer();
    await run('npm', ['create', '--yes', `@meltano/${kind}`, 'acme', '--', '--yes', '--folder', kind], {
      cwd: folder,
      env,
    });
    const cwd = join(folder, kind);
    await run('npm', ['install'], { cwd, env });
    const { stdout } = await run('npm', ['test'], { cwd, env });
    expect(stdout).toMatch(/fail 0/);
  },
  180_000,
);
