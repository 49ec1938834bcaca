// Builds the packages that others install to write connectors: JavaScript and declarations into their dist folders.
// Usage: npm run build:libraries [-- --pack <folder>]   with --pack, their tarballs are written to the folder.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({ options: { pack: { type: 'string' } } });
/** Each needs the ones before it. */
const libraries = ['foundation', 'singer', 'sdk', 'create-tap', 'create-target', 'create-mapper'].filter(
  (name) => existsSync(join(root, 'packages', name)),
);
const folder = mkdtempSync(join(tmpdir(), 'build-'));

function compile(name: string): void {
  const home = join(root, 'packages', name);
  rmSync(join(home, 'dist'), { recursive: true, force: true });
  const project = join(folder, `${name}.json`);
  writeFileSync(
    project,
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        rootDir: join(home, 'src'),
        outDir: join(home, 'dist'),
        noEmit: false,
        declaration: true,
        rewriteRelativeImportExtensions: true,
        allowImportingTsExtensions: false,
        // The packages below are taken as they are published: built.
        customConditions: [],
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: [join(home, 'src')],
      exclude: [join(home, 'src/**/*.test.ts'), join(home, 'src/**/*.test.support.ts')],
    }),
  );
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', project], { stdio: 'inherit' });
}

/** A copy of the package as it is published: built, and without the condition by which sources are found here. */
function staged(name: string): string {
  const home = join(root, 'packages', name);
  const stage = join(folder, name);
  const withoutSources = (key: string, value: unknown) => (key === 'meltano-source' ? undefined : value);
  cpSync(home, stage, { recursive: true, filter: (path) => !/[\\/](?:src|test|node_modules)$/.test(path) });
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as unknown;
  writeFileSync(join(stage, 'package.json'), JSON.stringify(manifest, withoutSources, 2));
  return stage;
}

try {
  for (const name of libraries) compile(name);
  if (values.pack !== undefined) {
    const target = resolve(values.pack);
    mkdirSync(target, { recursive: true });
    for (const name of libraries) {
      execFileSync('npm', ['pack', '--silent', '--pack-destination', target], {
        cwd: staged(name),
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
