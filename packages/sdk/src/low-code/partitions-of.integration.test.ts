import type { JsonObject } from '@meltano/foundation/json';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { runConnectorProgram } from '../testing/program-run.ts';
import { createTestClock } from '../testing/test-clock.ts';
import { acmeTap } from './acme-tap.test.support.ts';

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer(({ url, method, body }) => {
    const [path = '', query = ''] = url.split('?');
    const ids = ({ '/teams': [1, 2], '/kinds': ['x', 'y', 'x'], '/sizes': [7], '/none': [] } as const)[path];
    if (ids !== undefined)
      return { json: ids.map((id) => ({ id, at: '2024-01-03', meta: id === 1 ? { at: 'now' } : {} })) };
    return { json: [{ id: `${method} ${path}?${query}`, body, at: '2023-01-01' }] };
  });
});
afterAll(() => server.close());
const plain = '{properties: {id: {}, at: {type: string, format: date}, body: {}, meta: {}}}';

/** The stream "items" beside streams that may be its parents. */
async function read(items: string, more: { readonly state?: JsonObject; readonly defaults?: string } = {}) {
  const text = `
api: {url: '{{ config.url }}'}
defaults: {schema: ${plain}, selected: false${more.defaults ?? ''}}
streams:
  teams: {path: /teams, keys: [id]}
  kinds: {path: /kinds, keys: [id]}
  sizes: {path: /sizes, keys: [id]}
  none: {path: /none, keys: [id]}
  items:
    path: /items
    selected: true
${items.replaceAll(/^/gm, '    ')}
`;
  const tap = acmeTap(text);
  const { state } = more;
  const from = server.received.length;
  const run = await runConnectorProgram(tap, {
    files: {
      config: { url: server.url, start_date: '2024-01-01' },
      ...(state === undefined ? {} : { state }),
    },
    clock: createTestClock('2024-01-05T00:00:00Z'),
  } as never);
  const messages = run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);
  const received = server.received.slice(from);
  const state2 = messages.findLast(({ type }) => type === 'STATE')?.['value'] as JsonObject;
  return {
    ...run,
    records: messages.filter(({ type }) => type === 'RECORD').map(({ record }) => record as JsonObject),
    state: (state2?.['bookmarks'] as JsonObject)?.['items'] as JsonObject,
    received,
    urls: received.map(({ url }) => url).filter((url) => url.startsWith('/items')),
  };
}

test('parents in turn, lists and further parents: every combination is read once', async () => {
  const { code, urls, received } = await read(`
parent: {stream: teams, fields: {team: id}, all_records: true}
partitions: {size: [s, l]}
combine:
- {stream: kinds, fields: {kind: id}}
- [{stream: sizes, fields: {n: id}}, {stream: none, fields: {n: id}}]
params: {t: '{{ partition.team }}', s: '{{ partition.size }}', k: '{{ partition.kind }}', n: '{{ partition.n }}'}`);
  expect(code).toBe(0);
  const expected = ['1', '2'].flatMap((team) =>
    ['s', 'l'].flatMap((size) => ['x', 'y'].map((kind) => `/items?t=${team}&s=${size}&k=${kind}&n=7`)),
  );
  expect(urls).toEqual(expected);
  // The further parents are read for it once.
  expect(received.filter(({ url }) => url === '/kinds')).toHaveLength(1);
});

test('further parents without a first one; one without records leaves nothing to read', async () => {
  const some = await read(
    "combine: [{stream: kinds, fields: {kind: id}}]\nparams: {k: '{{ partition.kind }}'}",
  );
  expect(some.urls).toEqual(['/items?k=x', '/items?k=y']);
  const none = await read('combine: [{stream: kinds, fields: {kind: id}}, {stream: none, fields: {n: id}}]');
  expect([none.code, none.urls]).toEqual([0, []]);
});

test('extra fields are there for templates, are null where they lack, and name no bookmark', async () => {
  const { urls, state } = await read(`
parent: {stream: teams, fields: {team: id}, extra: {changed: '$.meta.at'}, all_records: true}
state_keys: [team]
replication_key: at
keep_older: true
params: {t: '{{ partition.team }}', c: '{{ partition.changed or "never" }}'}`);
  expect(urls).toEqual(['/items?t=1&c=now', '/items?t=2&c=never']);
  expect(state['partitions']).toBeUndefined();
});

test('times of a format of their own reach templates as RFC 3339; windows are months', async () => {
  const { code, urls, stderr } = await read(`
schema: {properties: {id: {}, at: {type: string}}}
replication_key: at
time_formats: ['%d.%m.%Y']
windows: 1mo
granularity: 1d
start: '2023-11-30'
params: {a: "{{ format_time(start, '%Y%m%d') }}", b: "{{ format_time(end, '%Y%m%d') }}"}`);
  expect([code, stderr.includes('ERROR')]).toEqual([0, false]);
  expect(urls).toEqual(['/items?a=20231130&b=20231229', '/items?a=20231230&b=20240105']);
});

test('a parent that is read whole begins at its start where it wants to be told', async () => {
  const teams = `
parent: {stream: teams, fields: {team: id}, all_records: true}
params: {t: '{{ partition.team }}'}`;
  const asked = async (defaults: string) =>
    (await read(teams, { defaults })).received
      .map(({ url }) => url)
      .filter((url) => url.startsWith('/teams'));
  const windows = ', replication_key: at, windows: 2d, since: {param: a, until: b}';
  expect(await asked(windows)).toEqual(['/teams']);
  expect(await asked(`${windows}, start_when_whole: true`)).toEqual([
    '/teams?a=2024-01-01&b=2024-01-03',
    '/teams?a=2024-01-03&b=2024-01-05',
  ]);
});

test('older records are kept where the API selects', async () => {
  const stream = 'replication_key: at';
  expect((await read(stream)).records).toEqual([]);
  expect((await read(`${stream}\nkeep_older: true`)).records).toHaveLength(1);
});

test('a body may be a text, also of a GET', async () => {
  const { code, records } = await read("text: 'since {{ start }}'\nreplication_key: at\nkeep_older: true");
  expect([code, records]).toEqual([0, [{ id: 'GET /items?', body: 'since 2024-01-01', at: '2023-01-01' }]]);
});

test('a filter sees records as they come, or as they are shaped', async () => {
  const stream = "compute: {added: 1}\nwhere: '{{ record.added == 1 }}'";
  expect((await read(stream)).records).toHaveLength(0);
  expect((await read(`${stream}\nwhere_last: true`)).records).toHaveLength(1);
  const none = "compute: {added: 2}\nwhere: '{{ record.added == 1 }}'\nwhere_last: true";
  expect((await read(none)).records).toHaveLength(0);
});

test('what further requests have may use the partition and its times', async () => {
  const { urls } = await read(`
partitions: {kind: [x]}
paginate:
  type: expression
  next: '{{ "2" if page == 1 else none }}'
  with: {params: {q: '{{ partition.kind }} {{ token or "1" }}'}}`);
  expect(urls).toEqual(['/items?q=x+1', '/items?q=x+2']);
});

test('several keys go into headers, and are hidden', async () => {
  const keys = 'auth: {type: api_keys, headers: {X-Account: \'{{ "acc" + "ount-1" }}\', X-Key: key-22}}';
  const { received } = await read(`${keys}\nkeys: [id]`);
  expect(received.at(-1)?.headers).toMatchObject({ 'x-account': 'account-1', 'x-key': 'key-22' });
});

test.each([
  [
    'combine: [{stream: team, fields: {a: id}}]',
    'streams.items.combine[0].stream names the stream "team", which is not there: did you mean "teams"?',
  ],
  ['combine: [[{stream: items, fields: {a: id}}]]', 'makes the stream "items" an ancestor of itself'],
  ["partitions: {kind: '{{ config.kinds }}'}", 'set what it refers to: {{ config.kinds }}'],
])('%s is refused', async (stream, words) => {
  const { code, stderr } = await read(stream);
  expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
});
