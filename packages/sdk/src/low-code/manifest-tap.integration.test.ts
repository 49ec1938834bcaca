import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { JsonObject } from '@meltano/foundation/json';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../host/host-connector.ts';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { runConnectorProgram } from '../testing/program-run.ts';
import { createTestClock } from '../testing/test-clock.ts';
import { acmeTap } from './acme-tap.test.support.ts';

let server: ApiServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  server = await startApiServer(({ query, url, headers, body }) => {
    const path = url.split('?')[0] ?? '';
    if (path === '/device')
      return { json: { device_code: 'd', user_code: 'WDJB', verification_uri: 'https://x.example' } };
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

const tapOf = (text: string) => acmeTap(text, folder);

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

test.each([
  ['was inferred', manifest.slice(0, manifest.indexOf('    schema:\n'))],
  ['is open', manifest.replace('type: object\n', 'type: object\n      additionalProperties: true\n')],
])('a replication key that is not known is warned of where the schema %s', async (_, text) => {
  const { code, stderr } = await run(text.replace('replication_key: at', 'replication_key: att'));
  expect(stderr).toContain(
    'replication_key is "att", which is no known property of the stream: did you mean "at"',
  );
  expect(code).toBe(0);
});

test('a schema that was inferred into a file is told of, and holds from then on', async () => {
  const file = join(folder, 'schemas/teams.json');
  await rm(file, { force: true });
  const first = await run(manifest);
  expect(first.stderr).toContain(
    `The schema of stream teams was inferred from its first records and written to ${file}`,
  );
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

test.each(['../teams.json', '/etc/teams.json', 'schemas/../../x.json'])(
  'a schema outside of the folder is refused: %s',
  async (path) => {
    const { code, stderr } = await run(manifest.replace('schemas/teams.json', path));
    expect([code, stderr]).toEqual([1, expect.stringContaining("outside of the manifest's folder")]);
  },
);

test('a recording holds no credential, whatever its name', async () => {
  const file = join(folder, 'tape.json');
  const text = manifest.replace('client_secret:', "extra: {hint: '{{ config.secret }}'}\n    client_secret:");
  const env = { MELTANO_SDK_CASSETTE: file, MELTANO_SDK_RECORD: '1' };
  const written = await recordedBy(
    tapOf(text),
    { url: server.url, secret: 's3cret', start_date: '2024-01-05' },
    env,
  );
  expect(written).toContain('/teams');
  expect(written).not.toMatch(/s3cret|fresh/);
});

/** What a program of its own writes down. */
async function recordedBy(
  tap: ReturnType<typeof tapOf>,
  config: JsonObject,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const configFile = join(folder, 'config.json');
  await writeFile(configFile, JSON.stringify(config));
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const before = new Set(process.listeners('exit'));
  await runProgram(tap, {
    args: ['--config', configFile],
    env,
    stdin: Readable.from([]),
    stdout: nowhere(),
    stderr: nowhere(),
    signal: new AbortController().signal,
    clock: createTestClock('2024-01-06T00:00:00Z'),
  });
  // A recording is saved when the process ends.
  for (const listener of process.listeners('exit')) {
    if (before.has(listener)) continue;
    (listener as () => void)();
    process.removeListener('exit', listener);
  }
  return readFile(env['MELTANO_SDK_CASSETTE'] ?? '', 'utf8');
}

test('of two parameters of one member each combination is read, for each parent', async () => {
  const text = manifest.replace(
    'params: {limit: 2,',
    "partitions: {kind: [x, '{{ config.kind }}']}\n    params: {limit: 2, kind: '{{ partition.kind }}',",
  );
  const { code } = await run(text, { config: { url: server.url, secret: 's3cret', kind: 'y' } });
  const asked = server.received.filter(
    ({ url }) => url.startsWith('/teams/b/users') && url.includes('page') === false,
  );
  expect([code, asked.slice(-2).map(({ query }) => query.get('kind'))]).toEqual([0, ['x', 'y']]);
});

test('a path is worked out of placeholders and templates', async () => {
  const text = manifest.replace(
    '/teams/{teams.slug}/users',
    "/teams/{teams.slug}/users/{{ partition.teams_slug + '!' }}",
  );
  await run(text);
  expect(server.received.some(({ url }) => url.startsWith('/teams/b/users/b!?'))).toBe(true);
});

test('a person lets the tap in once, with a code', async () => {
  const text = manifest
    .replace('oauth_client_credentials', 'oauth_device')
    .replace('client_id: me', "client_id: me\n    device_url: '{{ config.url }}/device'");
  const { code, stderr, rows } = await run(text);
  expect([code, rows('teams').length]).toEqual([0, 3]);
  expect(stderr).toContain('enter the code WDJB');
});

test('requests that cost more wait longer', async () => {
  const limited = manifest
    .replace('  auth:', '  rate_limits: [{requests: 10, seconds: 10}]\n  auth:')
    .replace('teams: {path: /teams,', 'teams: {cost: 10, path: /teams,');
  const clock = createTestClock('2024-01-06T00:00:00Z');
  const began = clock.now();
  const config = { url: server.url, secret: 's3cret', start_date: '2024-01-05' };
  await runConnectorProgram(tapOf(limited), { files: { config }, clock } as never);
  expect(clock.now() - began).toBeGreaterThanOrEqual(10_000);
});

test.each([
  ['an address', "url: '{{ config.url }}'", "url: '{{ config.adress }}'", 'api.url has no value'],
  ['a JSONPath', 'records: $.users', 'records: $.users[', 'streams.users.records is no JSONPath'],
  ['a path', 'path: /events', 'headers: {}', 'streams.events needs "path"'],
  [
    'a parent',
    '{teams.slug}',
    '{team.slug}',
    'line 14: streams.users.path names the stream "team", which is not there: did you mean "teams"?',
  ],
  ['a name in a template', '{{ body.next }}', '{{ boby.next }}', '"boby" is not defined'],
  ['a template', '{{ not record.bot }}', '{{ not (record.bot }}', 'acme.yaml line 18: The expression'],
  ['a template that fails', '{{ not record.bot }}', '{{ 1 / 0 }}', 'acme.yaml line 18: The expression'],
  [
    'a template of the defaults',
    'keys: [id]',
    "keys: [id]\n  headers: {x: '{{ ( }}'}",
    'acme.yaml line 11: ',
  ],
  [
    'a key',
    'replication_key: at',
    'replication_key: at\n    keys: [id, too]',
    'acme.yaml line 32: streams.events.keys[1] is "too", which the schema of the stream does not have',
  ],
  [
    'a key of the defaults',
    'id: {type: string}',
    'ID: {type: string}',
    'acme.yaml line 10: streams.events.keys[0]',
  ],
  [
    'a replication key',
    'replication_key: at',
    'replication_key: att',
    'did you mean "at"? its properties are id, to, at; name one of them',
  ],
])('%s that is wrong is named', async (_, from, to, words) => {
  const { code, stderr } = await run(manifest.replace(from, to));
  expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
});
