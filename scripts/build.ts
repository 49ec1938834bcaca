// Builds what is published: the bundled CLI (packages/cli/dist) with the native connectors inside.
// Usage: npm run build [-- --pack <folder>]   with --pack, the package's tarball is written to the folder.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, globSync, rmSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const cli = resolve(root, 'packages/cli');
const { values } = parseArgs({ options: { pack: { type: 'string' } } });

/** Programs keep their place below main/, where the launcher looks; workers lie beside the chunks that start them. */
function entryPoints(): Record<string, string> {
  const programs = globSync(['packages/cli/src/main/*.ts', 'connectors/*/src/main/*.ts'], { cwd: root });
  const workers = globSync('packages/*/src/**/*.worker.ts', { cwd: root });
  const name = (file: string) => basename(file, '.ts');
  return Object.fromEntries([
    ...programs.map((file) => [`main/${name(file)}`, resolve(root, file)]),
    ...workers.map((file) => [name(file), resolve(root, file)]),
  ]);
}

rmSync(resolve(cli, 'dist'), { recursive: true, force: true });
await build({
  entryPoints: entryPoints(),
  outdir: resolve(cli, 'dist'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  conditions: ['meltano-source'],
  external: ['@duckdb/node-api'],
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Some dependencies are CommonJS and ask for `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});
for (const file of ['LICENSE', 'README.md']) {
  if (existsSync(resolve(root, file))) copyFileSync(resolve(root, file), resolve(cli, file));
}
const size = globSync('**/*.js', { cwd: resolve(cli, 'dist') })
  .map((file) => statSync(resolve(cli, 'dist', file)).size)
  .reduce((sum, bytes) => sum + bytes, 0);
console.log(`built packages/cli/dist (${Math.round(size / 1024)} kB)`);

if (values.pack !== undefined) {
  const answer = execFileSync('npm', ['pack', '--json', '--pack-destination', resolve(values.pack)], {
    cwd: cli,
    encoding: 'utf8',
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- npm's documented output
  const [packed] = JSON.parse(answer) as { filename: string }[];
  console.log(`packed ${resolve(values.pack, packed?.filename ?? '')}`);
}
