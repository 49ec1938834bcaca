import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meltano-sdk-docs-'));
  await symlink(resolve(root, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'src'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the recipes take as known: all names of the SDK, and the settings of a tap. */
async function prelude(): Promise<string> {
  const index = await readFile(resolve(root, 'packages/sdk/src/index.ts'), 'utf8');
  const names = [...index.matchAll(/\{([^}]*)\}/g)].flatMap(([text, list = '']) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => (index.includes(`export type ${text}`) ? `type ${name}` : name)),
  );
  const settings = [
    'token',
    'username',
    'password',
    'api_key',
    'client_id',
    'client_secret',
    'refresh_token',
  ];
  return `import { ${names.join(', ')} } from '@meltano/sdk';
import type { JsonObject } from '@meltano/foundation/json';
import { writeFile } from 'node:fs/promises';
declare const config: { ${settings.map((name) => `readonly ${name}: string`).join('; ')} };
`;
}

it('docs/sdk/cookbook.md holds code whose types are right', async () => {
  const text = await readFile(resolve(root, 'docs/sdk/cookbook.md'), 'utf8');
  const [shared = '', ...recipes] = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
    ([, block]) => block ?? '',
  );
  expect(recipes.length).toBeGreaterThan(20);
  const before = await prelude();
  for (const [at, recipe] of recipes.entries())
    await writeFile(join(folder, 'src', `recipe-${at + 1}.ts`), `${before}${shared}${recipe}`);
  const config = {
    extends: resolve(root, 'tsconfig.base.json'),
    compilerOptions: { typeRoots: [resolve(root, 'node_modules/@types')] },
    include: ['src'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  const { stdout } = await run(resolve(root, 'node_modules/.bin/tsc'), ['-p', folder], { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe('');
}, 120_000);
