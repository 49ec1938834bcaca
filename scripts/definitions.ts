// Writes connectors/<system>/definitions/<name>.json from what the connectors say about themselves.
// With --check nothing is written, and definitions that are not current are named; then the exit code is 1.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hubDefinition } from '@meltano/sdk/about/hub-definition';
import type { Connector } from '@meltano/sdk/connector';

const root = join(import.meta.dirname, '..');

interface DefinitionFile {
  readonly path: string;
  readonly text: string;
}

async function definitionsOf(system: string): Promise<readonly DefinitionFile[]> {
  const folder = join(root, 'connectors', system);
  const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string };
  const module = (await import(pathToFileURL(join(folder, 'src/index.ts')).href)) as {
    connectors: Readonly<Record<string, Connector>>;
  };
  return Object.values(module.connectors).map((connector) => ({
    path: join(folder, 'definitions', `${connector.about.name}.json`),
    text: `${JSON.stringify(hubDefinition(connector, { npmPackage: name }), undefined, 2)}\n`,
  }));
}

const systems = readdirSync(join(root, 'connectors')).filter((system) =>
  existsSync(join(root, 'connectors', system, 'src/index.ts')),
);
const files = (await Promise.all(systems.map(definitionsOf))).flat();
const stale = files.filter(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text);

if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is not current: run npm run definitions`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, text } of stale) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${path}`);
  }
}
