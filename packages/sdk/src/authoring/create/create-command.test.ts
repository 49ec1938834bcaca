import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Author, createAuthor } from '../../../test/author.ts';

let author: Author;
afterEach(() => author.leave());

it('asks again after an answer that will not do, and takes defaults for empty ones', async () => {
  author = createAuthor({ answers: ['Acme Inc', 'acme', '', 'soap', 'graphql', 'basic'] });
  const { code, out } = await author.run('create', 'tap');
  expect(code).toBe(0);
  expect(out).toContain('"Acme Inc" cannot be the name of a tap');
  expect(out).toContain('Name for people [Acme]: ');
  expect(out).toContain('"soap" is none of rest, graphql, custom');
  expect(author.read('tap-acme/src/tap-acme.ts')).toContain('auth: basic(config.username, config.password)');
  expect(author.read('tap-acme/src/tap-acme.ts')).toContain('graphql({');
});

it('asks nothing that the command line says', async () => {
  author = createAuthor({ answers: [] });
  const all = ['--label', 'Acme', '--shape', 'rest', '--auth', 'none', '--folder', 'here', '--no-ci'];
  const { code, out } = await author.run('create', 'tap', 'acme', ...all);
  expect(code).toBe(0);
  expect(out).not.toContain(': \n');
  expect(out).toContain('Made tap-acme in here.');
  expect(author.files()).not.toContain('here/.github/workflows/ci.yml');
  expect(JSON.parse(author.read('here/package.json'))).toMatchObject({
    name: 'tap-acme',
    dependencies: { '@meltano/sdk': '^9.9.9' },
  });
});

it.each([
  ['tap', 'tap-acme'],
  ['target', 'target-acme'],
  ['mapper', 'map-acme'],
] as const)('makes a %s without asking', async (kind, name) => {
  author = createAuthor();
  expect((await author.run('create', kind, 'acme', '--yes')).code).toBe(0);
  expect(author.files()).toEqual(
    expect.arrayContaining(
      ['package.json', 'README.md', 'src/main.ts', `src/${name}.ts`, `test/${name}.test.ts`].map(
        (file) => `${name}/${file}`,
      ),
    ),
  );
});

it.each([
  ['nobody to ask for the name', ['tap'], 2, 'Name of the tap is needed, and nobody is there to ask'],
  ['a bad name', ['tap', 'A_b', '--yes'], 2, '"A_b" cannot be the name of a tap'],
  ['a bad shape', ['tap', 'acme', '--shape', 'soap', '--yes'], 2, '"soap" is none of'],
  ['an unknown option', ['tap', 'acme', '--colour'], 2, '--colour'],
  ['an unknown kind', ['pipe', 'acme'], 2, '"pipe" is nothing that can be made'],
] as const)('refuses %s, and writes nothing', async (_, args, code, message) => {
  author = createAuthor();
  const run = await author.run('create', ...args);
  expect([run.code, run.out]).toEqual([code, '']);
  expect(run.err).toContain(message);
  expect(author.files()).toEqual([]);
});

it('leaves a folder alone that has something in it', async () => {
  author = createAuthor({ files: { 'tap-acme/notes.txt': 'mine' } });
  const run = await author.run('create', 'tap', 'acme', '--yes');
  expect(run.code).toBe(1);
  expect(run.err).toContain('is not empty');
  expect(author.files()).toEqual(['tap-acme/notes.txt']);
});

it('says that it cannot write', async () => {
  author = createAuthor();
  writeFileSync(join(author.cwd, 'file'), '');
  const run = await author.run('create', 'tap', 'acme', '--yes', '--folder', 'file/inside');
  expect(run.code).toBe(1);
  expect(run.err).toContain('cannot be written');
});

it('the README of a mapper says what it takes to run it', async () => {
  author = createAuthor();
  await author.run('create', 'mapper', 'acme', '--yes');
  const readme = author.read('map-acme/README.md');
  const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(parse(block)).toMatchObject({
    plugins: {
      mappers: [{ name: 'map-acme', mappings: [{ name: 'small-letters', config: { column: 'email' } }] }],
    },
  });
  expect(readme).toContain('meltano run tap-… small-letters target-…');
});
