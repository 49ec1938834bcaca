import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { runConnectorProgram } from '../testing/program-run.ts';
import { createTestClock } from '../testing/test-clock.ts';
import { defineManifestTap } from './manifest-tap.ts';
import { parseManifest } from './read-manifest.ts';

let server: ApiServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  server = await startApiServer(({ query, url, headers, body }) => {
    const path = url.split('?')[0] ?? '';
    if (path === '/token') return { json: { access_token: 'fresh', expires_in: 3600 } };
    if (headers.authorization !== 'Bearer fresh') return { status: 401, json: {} };
    if (path === '/teams')
      return { json: { data: [{ slug: 'a', secret: 'x' }, { slug: 'b' }, { slug: 'gone' }] } };
    if (path === '/teams/gone/users') return { status: 404, json: {} };
    if (path.endsWith('/users')) {
      const team = path.split('/')[2] ?? '';
      const page = Number(query.get('page') ?? 1);
      const all = [1, 2, 3].map((n) => ({ id: `${team}${n}`, n, profile: { mail: `${n}@x` }, bot: n === 2 }));
      return { json: { users: all.slice((page - 1) * 2, page * 2), next: page === 1 ? 2 : null } };
    }
    if (path === '/events') {
      const asked = JSON.parse(body) as { from: string; to: string };
      const at = `${asked.from}T12:00:00Z`;
      return { json: [{ id: asked.from, at, to: asked.to }] };
    }
    return { status: 404, json: {} };
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const manifest = `
api:
  url: '{{ config.url }}'
  auth:
    type: oauth_client_credentials
    token_url: '{{ config.url }}/token'
    client_id: me
    client_secret: '{{ config.secret }}'
defaults:
  keys: [id]
streams:
  teams: {path: /teams, records: '$.data[*]', keys: [slug], remove: [secret], schema: schemas/teams.json}
  users:
    path: /teams/{teams.slug}/users
    records: $.users
    params: {limit: 2, team: '{{ partition.teams_slug }}', token: '{{ config.unset }}'}
    paginate: {type: expression, next: '{{ body.next }}', param: page}
    where: '{{ not record.bot }}'
    add: {mail: profile.mail}
    compute: {label: '{{ record.id }} of {{ partition.teams_slug }}'}
    rename: {n: number}
    remove: [profile]
    on_error: [{status: 404, action: skip}]
  events:
    path: /events
    method: POST
    json:
      from: "{{ format_time(start, '%Y-%m-%d') }}"
      to: "{{ format_time(end, '%Y-%m-%d') }}"
    windows: 2d
    replication_key: at
    schema:
      type: object
      properties: {id: {type: string}, to: {type: string}, at: {type: string, format: date-time}}
`;

const tapOf = (text: string) =>
  defineManifestTap({
    name: 'tap-acme',
    label: 'Acme',
    description: 'A test',
    version: '1.0.0',
    config: defineConfig({ start_date: setting.date({ label: 'Start', description: 'Start' }) }),
    manifest: async () => ({ manifest: parseManifest(text, 'acme.yaml'), folder }),
  });

async function run(text: string, files: JsonObject = {}, args: readonly string[] = []) {
  const config = { url: server.url, secret: 's3cret', start_date: '2024-01-01' };
  const result = await runConnectorProgram(tapOf(text), {
    files: { config, ...files } as never,
    args,
    clock: createTestClock('2024-01-06T00:00:00Z'),
  } as never);
  const lines = result.stdout.split('\n').filter((line) => line.startsWith('{"type"'));
  const messages = lines.map((line) => JSON.parse(line) as JsonObject & { record: JsonObject });
  const rows = (stream: string) =>
    messages.flatMap((each) => (each['type'] === 'RECORD' && each['stream'] === stream ? [each.record] : []));
  return { ...result, rows, messages };
}

test('a manifest reads parents, children, pages and windows as a tap in code does', async () => {
  const { code, rows, stderr } = await run(manifest);
  expect([code, stderr.includes('HTTP 404, it is left out')]).toEqual([0, true]);
  expect(rows('teams')).toEqual([{ slug: 'a' }, { slug: 'b' }, { slug: 'gone' }]);
  expect(rows('users')).toEqual(
    ['a', 'b'].flatMap((team) =>
      [1, 3].map((n) => ({
        id: `${team}${n}`,
        number: n,
        bot: false,
        mail: `${n}@x`,
        label: `${team}${n} of ${team}`,
        teams_slug: team,
      })),
    ),
  );
  const asked = server.received.find(({ url }) => url.startsWith('/teams/a/users'));
  expect(asked?.url).toBe('/teams/a/users?limit=2&team=a');
  expect(rows('events').map((row) => [row['id'], row['to']])).toEqual([
    ['2024-01-01', '2024-01-03'],
    ['2024-01-03', '2024-01-05'],
    ['2024-01-05', '2024-01-06'],
  ]);
});

test('a schema that was inferred into a file holds from then on', async () => {
  await run(manifest);
  const file = join(folder, 'schemas/teams.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    type: 'object',
    properties: { slug: { type: ['string'] } },
  });
  await writeFile(
    file,
    '{"type":"object","properties":{"slug":{"type":["string"]},"extra":{"type":["null","string"]}}}',
  );
  const { messages } = await run(manifest);
  const schema = messages.find((each) => each['type'] === 'SCHEMA' && each['stream'] === 'teams')?.['schema'];
  expect(schema).toMatchObject({ properties: { extra: {} } });
});

test.each([
  ['an address', "url: '{{ config.url }}'", "url: '{{ config.adress }}'", 'api.url has no value'],
  ['a JSONPath', 'records: $.users', 'records: $.users[', 'streams.users.records is no JSONPath'],
  ['a path', 'path: /events', 'headers: {}', 'streams.events needs "path"'],
  ['a parent', '{teams.slug}', '{team.slug}', 'no stream "team"'],
  ['a name in a template', '{{ body.next }}', '{{ boby.next }}', '"boby" is not defined'],
])('%s that is wrong is named', async (_, from, to, words) => {
  const { code, stderr } = await run(manifest.replace(from, to));
  expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
});
