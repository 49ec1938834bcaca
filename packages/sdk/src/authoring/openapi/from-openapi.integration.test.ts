import { execFile } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Author, createAuthor } from '../../../test/author.ts';
import { type ApiServer, startApiServer } from '../../testing/api-server.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../../../..');

const list = (item: string, ...names: readonly string[]) => `
      parameters:
        - { name: page, in: query, schema: { type: integer } }
        - { name: limit, in: query, schema: { type: integer, maximum: 2 } }
        - { name: updated_since, in: query, schema: { type: string } }
${names.map((name) => `        - { name: ${name}, in: path, required: true, schema: { type: string } }`).join('\n')}
      responses:
        '200': { content: { application/json: { schema: { type: object, properties: { data: { type: array, items: ${item} } } } } } }`;

const document = (address: string) => `
openapi: 3.1.0
info: { title: Acme }
servers: [{ url: '${address}' }]
paths:
  /teams:
    get:${list("{ $ref: '#/components/schemas/Team' }")}
  /teams/{teamSlug}/members:
    get:${list("{ $ref: '#/components/schemas/Member' }", 'teamSlug')}
  /teams/{slug}/members/{memberId}/notes:
    get:${list('{ properties: { id: { type: integer }, text: { type: string } } }', 'slug', 'memberId')}
  /regions/{region}/shops:
    get:${list('{ properties: { id: { type: integer } } }', 'region')}
components:
  securitySchemes: { key: { type: apiKey, in: header, name: x-key } }
  schemas:
    Team: { properties: { slug: { type: string }, id: { type: integer }, updated_at: { type: string, format: date-time } } }
    Member: { allOf: [{ properties: { id: { type: integer } } }, { properties: { team: { $ref: '#/components/schemas/Team' }, lead: { $ref: '#/components/schemas/Member' } } }] }
`;

const teams = ['a/b', 'c', 'd'].map((slug, index) => ({
  slug,
  id: index,
  updated_at: `2024-01-0${index + 1}T00:00:00Z`,
}));

/** Two records a page, whatever is asked for. */
function answer(path: string, page: number): readonly object[] {
  const all: Readonly<Record<string, readonly object[]>> = {
    '/v1/teams': teams,
    '/v1/teams/a%2Fb/members': [{ id: 1, team: teams[0] }],
    '/v1/teams/c/members': [{ id: 2 }, { id: 3 }],
    '/v1/teams/c/members/3/notes': [{ id: 9, text: 'hi' }],
  };
  return (all[path] ?? []).slice((page - 1) * 2, page * 2);
}

let author: Author;
let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer(({ url, query, headers }) =>
    headers['x-key'] === 'k'
      ? { json: { data: answer(url.split('?')[0] ?? '', Number(query.get('page'))) as never } }
      : { status: 401, json: null },
  );
  author = createAuthor({ files: { 'acme.yaml': document(`${server.url}/v1`) } });
  const { code, err } = await author.run('from-openapi', 'acme.yaml');
  if (code !== 0) throw new Error(err);
  symlinkSync(resolve(root, 'node_modules'), join(author.cwd, 'node_modules'));
});
afterAll(async () => {
  await server.close();
  author.leave();
});

const node = (...args: readonly string[]) =>
  run(process.execPath, ['--conditions=meltano-source', ...args], {
    cwd: join(author.cwd, 'tap-acme'),
    env: { PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1' },
  });

it('makes code whose types are right, and which can be overridden stream by stream', async () => {
  writeFileSync(
    join(author.cwd, 'tap-acme/src/changed.ts'),
    `import { linkHeader, rest } from '@meltano/sdk';
import { generatedOptions, generatedStreams } from './generated-streams.ts';
export const streams = {
  ...generatedStreams,
  shops: rest({ ...generatedOptions.shops, partitions: [{ region: 'eu' }] }),
  teams: rest({ ...generatedOptions.teams, paginate: linkHeader(), map: (team) => ({ slug: String(team['slug']), id: 1, updated_at: '' }) }),
};
`,
  );
  const tsc = resolve(root, 'node_modules/.bin/tsc');
  const { stdout } = await run(
    tsc,
    ['-p', 'tsconfig.json', '--customConditions', 'meltano-source', '--exactOptionalPropertyTypes'],
    {
      cwd: join(author.cwd, 'tap-acme'),
    },
  ).catch((error: { stdout: string }) => error);
  expect(stdout).toBe('');
});

it('makes a repository that passes its own tests before there is a recording', async () => {
  const { stdout } = await node('--test', 'test/tap-acme.test.ts');
  expect(stdout).toMatch(/fail 0/);
});

it('makes a tap that reads the API, children below their parents', async () => {
  writeFileSync(join(author.cwd, 'config.json'), '{"api_key": "k", "start_date": "2024-01-01"}');
  const { stdout } = await node('src/main.ts', '--config', '../config.json');
  const messages = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; stream: string; record: Record<string, unknown> });
  const rows = (stream: string) =>
    messages.flatMap((message) =>
      message.type === 'RECORD' && message.stream === stream ? [message.record] : [],
    );
  expect(rows('teams').map(({ slug }) => slug)).toEqual(['a/b', 'c', 'd']);
  expect(rows('members').map(({ id, teams_slug }) => [id, teams_slug])).toEqual([
    [1, 'a/b'],
    [2, 'c'],
    [3, 'c'],
  ]);
  expect(rows('notes')).toEqual([{ id: 9, text: 'hi', teams_slug: 'c', members_id: 3 }]);
  expect(server.received.some(({ query }) => query.get('updated_since') === '2024-01-01')).toBe(true);
});
