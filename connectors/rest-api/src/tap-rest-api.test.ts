import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import { type ApiServer, startApiServer } from '@meltano/sdk/testing/api-server';
import { registerChecks } from '@meltano/sdk/testing/check';
import { runConnectorProgram } from '@meltano/sdk/testing/program-run';
import { tapSuite } from '@meltano/sdk/testing/tap-suite';
import { createTestClock } from '@meltano/sdk/testing/test-clock';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tapRestApi } from './tap-rest-api.ts';

const clock = () => createTestClock('2024-02-01T00:00:00Z');
const rows = Array.from({ length: 5 }, (_, at) => ({ id: at + 1, at: `2024-01-0${at + 1}T00:00:00Z` }));

let server: ApiServer;
let from = 0;
beforeAll(async () => {
  server = await startApiServer(({ url, query, headers }) => {
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/token') return { json: { access_token: 'good' } };
    if (headers['x-key'] !== 'k{{1}}' && headers.authorization !== 'Bearer good')
      return { status: 401, json: { said: `you sent ${String(headers['x-key'])}` } };
    const since = (query.get('since') ?? query.get('q') ?? '').replace('updated>=', '');
    const all = rows.filter(({ at }) => at >= since);
    const at = Number(query.get('offset') ?? query.get('cursor') ?? (Number(query.get('page') ?? 1) - 1) * 2);
    const items = all.slice(at, at + 2);
    const next = at + 2 < all.length ? at + 2 : null;
    return {
      json: { items, next, next_page: next === null ? null : at / 2 + 2, total: all.length },
      headers: {
        ...(next === null ? {} : { link: `<${pathname}?cursor=${next}>; rel="next"` }),
        ...(next === null ? {} : { 'x-next-page': String(at / 2 + 2) }),
      },
    };
  });
});
afterAll(() => server.close());
beforeEach(() => {
  from = server.received.length;
});

async function read(config: JsonObject, state?: JsonObject) {
  const files = { config: { api_url: server.url, ...config }, ...(state === undefined ? {} : { state }) };
  const run = await runConnectorProgram(tapRestApi, { files, clock: clock() });
  const messages = run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);
  const ids = messages.flatMap((each) =>
    each['type'] === 'RECORD' ? [(each['record'] as JsonObject)['id']] : [],
  );
  const last = messages.findLast((each) => each['type'] === 'STATE')?.['value'] as JsonObject | undefined;
  return { ...run, ids, state: last, urls: server.received.slice(from).map(({ url }) => url) };
}

const msdk = {
  auth_method: 'api_key',
  api_keys: { 'X-Key': 'k{{1}}' },
  records_path: '$.items[*]',
  primary_keys: ['id'],
};
const streams = [{ name: 'items', path: '/items' }];

describe('with settings of tap-rest-api-msdk', () => {
  registerChecks(
    tapSuite({
      tap: {
        ...tapRestApi,
        open: (context) => tapRestApi.open(at(context)),
        discover: (context) => tapRestApi.discover(at(context)),
      },
      config: { ...msdk, streams: [{ name: 'items', path: '/items', replication_key: 'at' }] },
      invalidConfig: { streams: 7 },
      world: { clock, fetch },
    }),
    test,
  );
  function at<C extends { readonly config: JsonObject }>(context: C): C {
    return { ...context, config: { api_url: server.url, ...context.config } };
  }
});

test.each([
  ['default', {}, '/items?page=2'],
  [
    'jsonpath_paginator',
    { next_page_token_path: '$.next', pagination_next_page_param: 'cursor' },
    '/items?cursor=2',
  ],
  ['header_link_paginator', {}, '/items?cursor=2'],
  ['simple_header_paginator', {}, '/items?page=2'],
  ['page_number_paginator', {}, '/items?page=2'],
  [
    'offset_paginator',
    { pagination_page_size: 2, pagination_response_style: 'offset' },
    '/items?offset=2&limit=2',
  ],
  [
    'simple_offset_paginator',
    { pagination_page_size: 2, pagination_initial_offset: 0 },
    '/items?offset=2&limit=2',
  ],
  ['simple_offset_paginator', { params: { limit: 2 } }, '/items?limit=2&offset=2'],
])('%s finds every page', async (style, more, second) => {
  const { code, ids, urls } = await read({ ...msdk, ...more, streams, pagination_request_style: style });
  expect([code, ids]).toEqual([0, [1, 2, 3, 4, 5]]);
  expect(urls).toContain(second);
});

test('a replication key filters by time, and goes on from the state', async () => {
  const config = {
    ...msdk,
    streams,
    replication_key: 'at',
    source_search_field: 'q',
    source_search_query: 'updated>=$last_run_date',
  };
  const first = await read({ ...config, start_date: '2024-01-03T00:00:00Z' });
  expect(first.ids).toEqual([3, 4, 5]);
  const second = await read(config, first.state);
  expect(second.ids).toEqual([5]);
  expect(second.urls.at(-1)).toContain('q=updated%3E%3D2024-01-05T00%3A00%3A00Z');
});

test('a stream overrides the settings, and braces in settings are no templates', async () => {
  const own = [{ name: 'items', path: '/items', records_path: '$.items[0]', params: { a: '{{ x }}' } }];
  const { ids, urls } = await read({ ...msdk, records_path: '$.nothing[*]', streams: own });
  expect(ids).toEqual([1, 3, 5]);
  expect(urls[0]).toBe('/items?a=%7B%7B+x+%7D%7D');
});

test('oauth signs in', async () => {
  const oauth = {
    auth_method: 'oauth',
    grant_type: 'client_credentials',
    access_token_url: `${server.url}/token`,
    client_id: 'me',
    client_secret: 'psst',
  };
  const { ids, stderr } = await read({ ...msdk, ...oauth, streams });
  expect(ids).toEqual([1, 2, 3, 4, 5]);
  expect(stderr).not.toContain('psst');
});

test('an offset begins where it is told to, and several keys are sent', async () => {
  const keys = { 'X-Key': 'k{{1}}', 'X-Account': 'acme-77' };
  const { ids, urls, stderr } = await read({
    ...msdk,
    streams,
    api_keys: keys,
    pagination_request_style: 'simple_offset_paginator',
    pagination_page_size: 2,
    pagination_initial_offset: 1,
  });
  expect([ids, urls[0]]).toEqual([[2, 3, 4, 5], '/items?offset=1&limit=2']);
  expect(server.received.at(-1)?.headers).toMatchObject({ 'x-key': 'k{{1}}', 'x-account': 'acme-77' });
  expect(stderr).not.toContain('acme-77');
});

test('a key shows nowhere, although the server says it back', async () => {
  const wrong = { ...msdk, api_keys: { 'X-Key': 'wrong-key-1' } };
  const { code, stderr } = await read({ ...wrong, streams });
  expect([code, stderr.includes('you sent')]).toEqual([1, true]);
  expect(stderr).not.toContain('wrong-key-1');
});

test.each([
  [{ use_request_body_not_params: true }, 'use_request_body_not_params'],
  [{ streams: [{ name: 'x', path: '/x', except_keys: ['a'] }] }, 'except_keys'],
  [{ streams: [{ path: '/x' }] }, 'streams[0] has no name'],
  [
    { pagination_request_style: 'offset_paginator', params: { limit: 'all' } },
    'params.limit is "all", which is no number of records a page',
  ],
  [{ api_keys: {} }, 'api_keys must name a header with its key, and names none'],
])('%j is refused by name', async (more, words) => {
  const { code, stderr } = await read({ ...msdk, streams, ...more });
  expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
});

describe('with a manifest', () => {
  const manifest = {
    api: { url: '{{ config.address }}', auth: { type: 'bearer', token: '{{ config.token }}' } },
    streams: {
      items: {
        path: '/items',
        records: '$.items[*]',
        keys: ['id'],
        replication_key: 'at',
        since: 'since',
        paginate: { type: 'cursor', from: '$.next', param: 'cursor' },
      },
    },
  };
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rest-api-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test.each(['file', 'object', 'text'])('as %s', async (form) => {
    const file = join(folder, 'acme.json');
    await writeFile(file, JSON.stringify(manifest));
    const given = { file, object: manifest, text: JSON.stringify(manifest) }[form] as string;
    const { code, ids } = await read({
      manifest: given,
      address: server.url,
      token: 'good',
      start_date: '2024-01-04',
    });
    expect([code, ids]).toEqual([0, [4, 5]]);
  });

  test('its settings may be called like those of tap-rest-api-msdk, and hold what it says', async () => {
    const named = {
      ...manifest,
      api: { url: '{{ config.api_url.host }}', auth: { type: 'bearer', token: '{{ config.grant_type }}' } },
    };
    const { code, ids, stderr } = await read({
      manifest: named,
      api_url: { host: server.url },
      grant_type: 'good',
      start_date: '04.01.2024',
      streams: 'all',
      of_its_own: 'x',
    });
    expect([code, ids]).toEqual([0, [1, 2, 3, 4, 5]]);
    // Whatever a template may name is a setting.
    expect(stderr).not.toContain('is no setting');
  });

  const airbyte = {
    type: 'DeclarativeSource',
    streams: [
      {
        type: 'DeclarativeStream',
        name: 'items',
        primary_key: 'id',
        retriever: {
          type: 'SimpleRetriever',
          requester: {
            type: 'HttpRequester',
            url_base: "{{ config['address'] }}",
            path: '/items',
            authenticator: { type: 'BearerAuthenticator', api_token: "{{ config['token'] }}" },
          },
          record_selector: {
            type: 'RecordSelector',
            extractor: { type: 'DpathExtractor', field_path: ['items'] },
          },
          paginator: {
            type: 'DefaultPaginator',
            page_token_option: {
              type: 'RequestOption',
              inject_into: 'request_parameter',
              field_name: 'offset',
            },
            pagination_strategy: { type: 'OffsetIncrement', page_size: 2 },
          },
        },
      },
      { type: 'DeclarativeStream', name: 'hard', retriever: { type: 'CustomRetriever' } },
    ],
  };

  test('of Airbyte: read where it can be taken whole, otherwise refused with the place', async () => {
    const config = { address: server.url, token: 'good' };
    const [easy] = airbyte.streams;
    const whole = await read({ ...config, manifest: { ...airbyte, streams: [easy] } as JsonObject });
    expect([whole.code, whole.ids]).toEqual([0, [1, 2, 3, 4, 5]]);
    const refused = await read({ ...config, manifest: airbyte as JsonObject });
    expect([refused.code, refused.ids]).toEqual([1, []]);
    expect(refused.stderr).toContain('hard (streams[1].retriever, CustomRetriever)');
    const part = await read({ ...config, manifest: airbyte as JsonObject, leave_out_unsupported: true });
    expect([part.code, part.ids]).toEqual([0, [1, 2, 3, 4, 5]]);
  });

  test('a catalog is believed: no request is spent on the schema again', async () => {
    const config = { manifest, address: server.url, token: 'good' };
    const context = { config, log: { log() {} }, clock: clock(), signal: new AbortController().signal };
    const catalog = await tapRestApi.discover(context as never);
    const before = server.received.length;
    const tap = await tapRestApi.open({ ...context, catalog } as never);
    await tap.close();
    expect(server.received.length).toBe(before);
  });
});

test('without a manifest and an address it says what to set', async () => {
  const run = await runConnectorProgram(tapRestApi, { files: { config: {} }, clock: clock() });
  expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('set manifest to the file')]);
});
