import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');
let folder: string;
let registry: ChildProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meltano-author-'));
  await mkdir(join(folder, 'home'));
  await writeFile(join(folder, 'home/.npmrc'), 'audit=false\nfund=false\n');
  registry = spawn(process.execPath, ['scripts/serve-libraries.ts', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await run('sh', ['-eu', '-c', await registryCommand(registry)], { cwd: folder, env: newcomer() });
}, 120_000);

/** What it says to type for npm to find the packages. */
async function registryCommand({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the output is not read');
  for await (const line of createInterface({ input: stdout }))
    if (line.includes('npm config set')) return line.trim();
  throw new Error('the registry has not started');
}

afterAll(async () => {
  registry.kill();
  if (registry.exitCode === null) await once(registry, 'exit');
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
  // What it has started ends with it, also where a step fails.
  const whole = `trap 'kill "$practice" 2>/dev/null || :' EXIT\n${script}`;
  const { stdout, stderr } = await run('sh', ['-eu', '-c', whole], {
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
