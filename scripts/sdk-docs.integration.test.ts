import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';

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

const row = (id: string, amount: string, day: string) => id.padEnd(4) + amount.padStart(8) + day;

it('the recipe of a file format in docs/sdk/cookbook.md reads files', async () => {
  const text = await readFile(resolve(root, 'docs/sdk/cookbook.md'), 'utf8');
  const [, recipe = ''] = /^### A file format$[\s\S]*?^```ts\n([\s\S]*?)^```$/m.exec(text) ?? [];
  const [, written = ''] = /^### A file format$[\s\S]*?^```yaml\n([\s\S]*?)^```$/m.exec(text) ?? [];
  const program = join(folder, 'src', 'fixed-width.ts');
  await writeFile(program, `${await prelude()}${recipe}\nawait hostConnector(tapFixedWidth);\n`);
  await mkdir(join(folder, 'inbox'));
  await writeFile(
    join(folder, 'inbox', 'a.txt'),
    `${row('1', '1.10', '2024-01-02')}\n${row('2', '', '2024-01-03')}\n`,
  );
  await writeFile(join(folder, 'config.json'), JSON.stringify(parse(written)));
  const tap = () =>
    run(
      process.execPath,
      [
        '--conditions=meltano-source',
        '--disable-warning=ExperimentalWarning',
        program,
        '--config',
        'config.json',
      ],
      { cwd: folder },
    );
  const { stdout } = await tap();
  const records = stdout.split('\n').filter((line) => line.includes('"RECORD"'));
  expect(records.map((line) => line.replace(/,"time_extracted".*/, '}'))).toEqual([
    '{"type":"RECORD","stream":"payments","record":{"id":"1","amount":1.10,"day":"2024-01-02"}}',
    '{"type":"RECORD","stream":"payments","record":{"id":"2","amount":null,"day":"2024-01-03"}}',
  ]);
  await writeFile(join(folder, 'inbox', 'b.txt'), `${row('3', '1.10', '2024-01-02')}\n4  short\n`);
  await expect(tap()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('inbox/b.txt:2 has 8 characters, but a row has 22') as string,
  });
}, 60_000);

it('the recipe of a mapper in docs/sdk/cookbook.md changes texts only', async () => {
  const text = await readFile(resolve(root, 'docs/sdk/cookbook.md'), 'utf8');
  const [, recipe = ''] = /^### A mapper of your own$[\s\S]*?^```ts\n([\s\S]*?)^```$/m.exec(text) ?? [];
  const program = join(folder, 'src', 'map-lower.ts');
  await writeFile(program, `${await prelude()}${recipe}\nawait hostConnector(lower);\n`);
  const rows = [{ id: 1, email: 'Ada@X' }, { id: 2, email: null }, { id: 3 }];
  const messages = [
    {
      type: 'SCHEMA',
      stream: 'users',
      schema: { properties: { id: {}, email: {} } },
      key_properties: ['id'],
    },
    ...rows.map((record) => ({ type: 'RECORD', stream: 'users', record })),
  ];
  const mapper = run(
    process.execPath,
    ['--conditions=meltano-source', '--disable-warning=ExperimentalWarning', program],
    { cwd: folder },
  );
  mapper.child.stdin?.end(messages.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const { stdout } = await mapper;
  const lines = stdout.split('\n').filter((line) => line.includes('"RECORD"'));
  const records = lines.map((line) => (JSON.parse(line) as { readonly record: object }).record);
  expect(records).toEqual([{ id: 1, email: 'ada@x' }, ...rows.slice(1)]);
}, 60_000);
