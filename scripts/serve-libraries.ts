// Serves what others install to write connectors, built from this clone, as an npm registry on this machine.
// Usage: npm run registry [-- --port N]   default 8643; Ctrl-C ends.
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalRegistry } from './support/local-registry.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { port: { type: 'string', default: '8643' } } });
const folder = mkdtempSync(join(tmpdir(), 'packages-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

process.stdout.write('Building the libraries …\n');
execFileSync(process.execPath, ['scripts/build-libraries.ts', '--pack', folder], {
  cwd: root,
  // The compiler tells on its standard output.
  stdio: ['ignore', process.stderr, 'inherit'],
});
// What was built must not be found by programs that run from source here.
for (const dist of globSync('packages/{foundation,singer,sdk,create-*}/dist', { cwd: root }))
  rmSync(resolve(root, dist), { recursive: true });

const registry = await startLocalRegistry(folder, Number(values.port));
process.stdout.write(`The packages are at ${registry.url} until Ctrl-C. In another terminal:

  npm config set @meltano:registry ${registry.url}
  npm create @meltano/tap

When all is done: npm config delete @meltano:registry
`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void registry.close().then(() => process.exit(0)));
}
