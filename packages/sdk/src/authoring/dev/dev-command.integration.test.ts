import { resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Author, createAuthor } from '../../../test/author.ts';

let author: Author;
afterEach(() => author.leave());

const sources = resolve(import.meta.dirname, '../..');
const sdk = (file: string) => JSON.stringify(resolve(sources, file));

const tap = (body: string) => `import { defineConfig } from ${sdk('config/config.ts')};
import { s } from ${sdk('schema/schema.ts')};
import { defineTap } from ${sdk('tap/define-tap.ts')};
import { defineStream } from ${sdk('tap/stream.ts')};

export default defineTap({
  name: 'tap-x', label: 'X', description: 'Reads X', version: '1.0.0', config: defineConfig({}),
  streams: [defineStream({ name: 'rows', keys: ['id'], schema: s.object({ id: s.integer() }), *records() { ${body} } })],
});
`;

/** The program that is started for each run; the sources need the condition under which they are found. */
const env = {
  PATH: process.env['PATH'] ?? '',
  NODE_OPTIONS: '--conditions=meltano-source',
  MELTANO_SDK_PROGRAM: resolve(sources, 'main/meltano-sdk.ts'),
};

const devOnce = (body: string) => {
  author = createAuthor({ files: { 'x.ts': tap(body) }, env });
  return author.run('dev', 'x.ts', '--once', '--max-records', '2');
};

it('runs a tap in a process of its own and shows what came', async () => {
  const { code, out } = await devOnce('console.log("noise"); yield [{ id: 1 }, { id: 2 }, { id: 3 }];');
  expect(code).toBe(0);
  expect(out).toContain(
    '+ stream rows: 2 records, as many as --max-records allows\n    {"id":1}\n    {"id":2}\n',
  );
  expect(out).not.toContain('noise');
});

it('shows why a tap has failed', async () => {
  const { code, out, err } = await devOnce("yield { id: 1 }; throw new Error('the source is gone');");
  expect(code).toBe(1);
  expect(out).toContain('! ');
  expect(out).toContain('the source is gone');
  expect(err).toContain('The tap has failed');
});
