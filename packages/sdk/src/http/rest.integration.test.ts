import { errorMessage } from '@meltano/foundation/errors';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { ExactNumber } from '@meltano/foundation/json';
import { afterEach, describe, expect, test } from 'vitest';
import type { RecordItem, TokenStore } from '../connector.ts';
import { s } from '../schema/schema.ts';
import type { Received, Reply } from '../testing/api-server.ts';
import { oauthClientCredentials, oauthDevice, oauthJwt, oauthRefreshToken } from './auth/oauth.ts';
import { apiKey, basic, bearer } from './auth/static.ts';
import { graphql } from './graphql.ts';
import {
  afterLastRecord,
  cursorPages,
  linkHeader,
  nextLink,
  offsets,
  pageNumbers,
  relayPages,
} from './paginate.ts';
import { perMinute } from './rate-limit.ts';
import { rest } from './rest.ts';
import { row, useRestReader } from './rest-reader.test.support.ts';

const read = useRestReader();

const page = (...ids: readonly number[]): JsonValue => ids.map((id) => ({ id }));

describe('pages', () => {
  test('are one without a paginator', async () => {
    const { ids, received } = await read({}, () => ({ json: page(1, 2) }));
    expect(ids).toEqual([1, 2]);
    expect(received).toHaveLength(1);
    expect(received[0]?.headers).toMatchObject({ accept: 'application/json', 'user-agent': 'meltano-sdk' });
  });

  test('follow a link in the body, relative or whole', async () => {
    const { ids, received } = await read(
      { records: '$.data[*]', paginate: nextLink('$.links.next') },
      ({ url }, count) => ({
        json: {
          data: page(count),
          links: {
            next:
              [null, '/rows?page=2', `http://${'127.0.0.1'}:${new URL(read.url()).port}/rows?page=3`, null][
                count
              ] ?? null,
          },
        },
        headers: { 'x-url': url },
      }),
    );
    expect(ids).toEqual([1, 2, 3]);
    expect(received.map(({ url }) => url)).toEqual(['/rows', '/rows?page=2', '/rows?page=3']);
  });

  test('follow the header Link', async () => {
    const links = [
      '',
      '</rows?p=2>; rel="next", </rows?p=9>; rel="last"',
      '</rows?p=1>; rel="prev", </x>; rel="first"',
    ];
    const { ids } = await read({ paginate: linkHeader(), params: { per_page: 2 } }, (_, count) => ({
      json: page(count),
      headers: { link: links[count] ?? '' },
    }));
    expect(ids).toEqual([1, 2]);
  });

  test('follow a cursor of the body, of a header, of the last record', async () => {
    const answer = ({ query }: Received) => {
      const at = Number(query.get('cursor') ?? 0);
      return {
        json: { data: page(at), next: at < 2 ? at + 1 : null, more: at < 2 },
        headers: at < 2 ? { 'x-next': String(at + 1) } : {},
      };
    };
    const records = '$.data[*]';
    const body = await read({ records, paginate: cursorPages({ from: '$.next', param: 'cursor' }) }, answer);
    expect(body.ids).toEqual([0, 1, 2]);
    const header = await read(
      { records, paginate: cursorPages({ from: { header: 'x-next' }, param: 'cursor' }) },
      answer,
    );
    expect(header.ids).toEqual([0, 1, 2]);
    const last = await read(
      { records, paginate: afterLastRecord({ from: 'id', param: 'after', more: '$.more' }) },
      ({ query }) =>
        answer({
          query: new URLSearchParams({ cursor: String(Number(query.get('after') ?? -1) + 1) }),
        } as Received),
    );
    expect(last.ids).toEqual([0, 1, 2]);
  });

  test.each([
    ['end with a page that is not full', { size: { param: 'per', value: 2 }, exactSize: true }, 3],
    ['do not without exactSize', { size: { param: 'per', value: 2 } }, 4],
    ['end with the number of pages', { pages: '$.pages' }, 3],
    ['end when there is no more', { more: '$.more' }, 3],
    ['end with an empty page', {}, 4],
  ])('are numbered and %s', async (_, more, requests) => {
    const { ids, received } = await read(
      { records: '$.data[*]', paginate: pageNumbers({ param: 'page', ...more }) },
      ({ query }) => {
        const at = Number(query.get('page'));
        return {
          json: { data: at > 3 ? [] : page(...(at === 3 ? [at] : [at, at * 10])), pages: 3, more: at < 3 },
        };
      },
    );
    expect(ids).toEqual([1, 10, 2, 20, 3]);
    expect(received).toHaveLength(requests);
  });

  test('begin at an offset, in the address or in the body', async () => {
    const paginate = { param: 'skip', size: { param: 'take', value: 2 } };
    const data = [0, 1, 2, 3];
    const address = await read(
      { records: '$.data[*]', paginate: offsets({ ...paginate, total: '$.total' }) },
      ({ query }) => {
        const skip = Number(query.get('skip'));
        return { json: { data: page(...data.slice(skip, skip + 2)), total: 4 } };
      },
    );
    expect(address.ids).toEqual(data);
    expect(address.received).toHaveLength(2);
    const body = await read(
      {
        method: 'POST',
        json: { filter: 'x' },
        records: '$.data[*]',
        paginate: offsets({ ...paginate, in: 'json' }),
      },
      (request) => {
        const { skip, take } = JSON.parse(request.body) as { skip: number; take: number };
        return { json: { data: page(...data.slice(skip, skip + take)) } };
      },
    );
    expect(body.ids).toEqual(data);
    expect(body.received[1]?.body).toBe('{"filter":"x","skip":2,"take":2}');
  });

  test('that lead back to one that was read end the stream with an error', async () => {
    const { ids, error } = await read(
      { records: '$.data[*]', paginate: cursorPages({ from: '$.next', param: 'cursor' }) },
      (_, count) => ({
        json: { data: page(count), next: ['c', 'a', 'b'][count % 3] ?? null },
      }),
    );
    expect(error).toMatchObject({ code: 'http.pagination_loop' });
    expect(ids).toEqual([1, 2, 3]);
  });
});

describe('a request', () => {
  test('repeats lists, leaves out nulls and keeps what the path has', async () => {
    const params = { a: [1, null, 2], b: null, c: true, d: 'ä b' };
    const { received } = await read({ path: '/rows?x=1', params }, () => ({ json: [] }));
    expect(received[0]?.url).toBe('/rows?x=1&a=1&a=2&c=true&d=%C3%A4+b');
  });

  test('takes the start and the end of what is read', async () => {
    const at = s.of<JsonObject>({
      type: 'object',
      properties: { id: {}, at: { type: ['string'], format: 'date-time' } },
    });
    const state = {
      bookmarks: { rows: { replication_key: 'at', replication_key_value: '2023-12-30T00:00:00Z' } },
    };
    const { received } = await read(
      { schema: at, replicationKey: 'at', windows: 86_400_000, since: { param: 'from', until: 'to' } },
      () => ({ json: [] }),
      { context: { state } },
    );
    expect(received.map(({ query }) => [query.get('from'), query.get('to')])).toEqual([
      ['2023-12-30T00:00:00Z', '2023-12-31T00:00:00.000Z'],
      ['2023-12-31T00:00:00.000Z', '2024-01-01T00:00:00.000Z'],
    ]);
  });

  test('is made for each record of its parent, with values escaped', async () => {
    const users = rest({
      path: '/users',
      schema: s.of<JsonObject>({ type: 'object', properties: { id: {}, name: {} } }),
    });
    const answer = ({ url }: Received): Reply =>
      url === '/users'
        ? {
            json: [
              { id: 1, name: 'a b/c?d' },
              { id: 2, name: null },
            ],
          }
        : { json: page(7) };
    const told = await read({ path: '/users/{users.name}/rows' }, answer, { more: { users } });
    expect(told.received.map(({ url }) => url)).toEqual(['/users', '/users/a%20b%2Fc%3Fd/rows']);
    const named = await read(
      {
        path: '/rows',
        params: ({ partition }) => ({ user: partition['user_id'] }),
        parent: { stream: 'users', fields: { user_id: 'id' } },
      },
      answer,
      { more: { users } },
    );
    expect(named.received.map(({ url }) => url)).toEqual(['/users', '/rows?user=1', '/rows?user=2']);
    expect(named.rows).toEqual([
      { id: 7, user_id: 1 },
      { id: 7, user_id: 2 },
    ]);
  });

  test('may send JSON or a form', async () => {
    const json = await read(
      { method: 'POST', json: { big: new ExactNumber('12345678901234567890') } },
      () => ({ json: [] }),
    );
    expect(json.received[0]).toMatchObject({
      body: '{"big":12345678901234567890}',
      headers: { 'content-type': 'application/json' },
    });
    const form = await read({ method: 'POST', form: { a: 'x y' } }, () => ({ json: [] }));
    expect(form.received[0]?.body).toBe('a=x+y');
  });
});

test('a record may become several', async () => {
  const { ids } = await read(
    { map: ({ id = null, parts }) => (parts as readonly JsonObject[] | undefined) ?? { id } },
    () => ({ json: [{ id: 1, parts: [{ id: 2 }, { id: 3 }] }, { id: 4, parts: [] }, { id: 5 }] }),
  );
  expect(ids).toEqual([2, 3, 5]);
});

test('records keep their digits, may be changed and left out', async () => {
  const { rows } = await read(
    { map: (record) => (record['id'] === 2 ? undefined : { ...record, user_id: 'x' }) },
    () => ({
      text: '[{"id": 12345678901234567890, "n": 1}, {"id": 2}]',
      headers: { 'content-type': 'application/json' },
    }),
  );
  expect(rows).toEqual([{ id: new ExactNumber('12345678901234567890'), user_id: 'x' }]);
});

describe('credentials', () => {
  test.each([
    ['bearer', bearer('t0p'), { authorization: 'Bearer t0p' }, '/rows'],
    ['another scheme', bearer('t0p', 'token'), { authorization: 'token t0p' }, '/rows'],
    ['basic', basic('a', 'b'), { authorization: 'Basic YTpi' }, '/rows'],
    ['a header', apiKey({ header: 'X-Key' }, 't0p'), { 'x-key': 't0p' }, '/rows'],
    ['a parameter', apiKey({ param: 'key' }, 't0p'), {}, '/rows?key=t0p'],
  ])('go into the request: %s', async (_, auth, headers, url) => {
    const { received } = await read({}, () => ({ json: [] }), { http: { auth } });
    expect(received[0]).toMatchObject({ headers, url });
  });

  test('never go into an error', async () => {
    const { error, lines } = await read({}, () => ({ status: 400, json: { error: 'bad' } }), {
      http: { auth: apiKey({ param: 'key' }, 't0p') },
    });
    expect(error).toMatchObject({ code: 'http.refused', message: 'GET /rows: HTTP 400: {"error":"bad"}' });
    expect(JSON.stringify([error, lines])).not.toContain('t0p');
  });

  const token = (extra: JsonObject = {}) => ({ json: { access_token: 'a1', expires_in: 3_600, ...extra } });
  const oauth = () => ({ tokenUrl: `${read.url()}/token`, clientId: 'me', clientSecret: 's3' });

  test('of a client are asked for once for all requests', async () => {
    const paginate = cursorPages({ from: '$.next', param: 'c' });
    const { received, ids } = await read(
      { records: '$.data[*]', paginate },
      ({ url, query, headers }) => {
        if (url === '/token') return token();
        if (headers.authorization !== 'Bearer a1') return { status: 401 };
        return { json: { data: page(1), next: query.get('c') === null ? 1 : null } };
      },
      {
        http: {
          auth: lazily(oauthClientCredentials, oauth),
        },
      },
    );
    expect(ids).toEqual([1, 1]);
    expect(received.filter(({ url }) => url === '/token')).toHaveLength(1);
    expect(received[0]?.body).toBe('grant_type=client_credentials&client_id=me&client_secret=s3');
  });

  let made: ReturnType<typeof oauthClientCredentials> | undefined;
  afterEach(() => {
    made = undefined;
  });
  /** The server's address is known only once it listens. */
  function lazily<O>(make: (options: O) => ReturnType<typeof oauthClientCredentials>, options: () => O) {
    return {
      apply: (...args: Parameters<ReturnType<typeof oauthClientCredentials>['apply']>) =>
        (made ??= make(options())).apply(...args),
      refresh: (...args: Parameters<ReturnType<typeof oauthClientCredentials>['refresh']>) =>
        (made ??= make(options())).refresh(...args),
    };
  }

  test('that last shorter than the margin are used for half of their time', async () => {
    const { received, ids } = await read(
      { paginate: pageNumbers({ param: 'page' }) },
      ({ url, query }) => {
        if (url === '/token') return token({ expires_in: 30 });
        const number = Number(query.get('page'));
        return { json: number === 4 ? [] : page(number) };
      },
      { http: { auth: lazily(oauthClientCredentials, oauth) } },
    );
    expect([ids, received.filter(({ url }) => url === '/token').length]).toEqual([[1, 2, 3], 1]);
  });

  test('may be asked for with JSON and headers, and have another scheme', async () => {
    const { received, ids } = await read(
      {},
      ({ url, headers }) => {
        if (url === '/token') return token();
        return headers.authorization === 'Zoho-oauthtoken a1' ? { json: page(1) } : { status: 401 };
      },
      {
        http: {
          auth: lazily(oauthClientCredentials, () => ({
            ...oauth(),
            body: 'json' as const,
            headers: { 'x-app': '7' },
            scheme: 'Zoho-oauthtoken',
          })),
        },
      },
    );
    expect(ids).toEqual([1]);
    expect(received[0]).toMatchObject({
      headers: { 'content-type': 'application/json', 'x-app': '7' },
      body: '{"grant_type":"client_credentials","client_id":"me","client_secret":"s3"}',
    });
  });

  test('that are refused are renewed, once', async () => {
    let tokens = 0;
    const { ids, received } = await read(
      {},
      ({ url, headers }) => {
        if (url === '/token') return token({ access_token: `a${(tokens += 1)}` });
        return headers.authorization === 'Bearer a2' ? { json: page(1) } : { status: 401 };
      },
      { http: { auth: lazily(oauthClientCredentials, oauth) } },
    );
    expect(ids).toEqual([1]);
    expect(received).toHaveLength(4);
    const never = await read({}, ({ url }) => (url === '/token' ? token() : { status: 401 }), {
      http: { auth: lazily(oauthClientCredentials, oauth) },
    });
    expect(never.error).toMatchObject({ code: 'http.refused', hint: expect.stringContaining('credentials') });
  });

  test('that rotate are kept for the next run', async () => {
    const kept = new Map<string, string>();
    const tokens: TokenStore = {
      load: async (name) => kept.get(name),
      save: async (name, value) => void kept.set(name, value),
    };
    const answer = ({ url, body }: Received): Reply => {
      if (url !== '/token') return { json: page(1) };
      const given = new URLSearchParams(body).get('refresh_token');
      return given === 'first' || given === 'second'
        ? token({ refresh_token: given === 'first' ? 'second' : 'third' })
        : { status: 400, json: { error: 'invalid_grant', error_description: 'gone' } };
    };
    const auth = () =>
      lazily(oauthRefreshToken, () => ({
        ...oauth(),
        tokenUrl: `${read.url()}/token`,
        refreshToken: 'first',
      }));
    // The name in the store holds the address, whose port differs between the runs of this test.
    const stable: TokenStore = {
      load: async () => tokens.load('x'),
      save: async (_, value) => tokens.save('x', value),
    };
    await read({}, answer, { http: { auth: auth() }, context: { tokens: stable } });
    made = undefined;
    const second = await read({}, answer, { http: { auth: auth() }, context: { tokens: stable } });
    expect(second.received[0]?.body).toContain('refresh_token=second');
    made = undefined;
    const without = await read({}, answer, { http: { auth: auth() } });
    expect(without.lines.join('\n')).toContain('no place to keep');
    expect(JSON.stringify(without.lines)).not.toContain('second');
  });

  test.each(['{"token":"t0p', '{"given":null}', '5'])(
    'that were kept and cannot be read are no secret of the error: %s',
    async (kept) => {
      const tokens: TokenStore = { load: async () => kept, save: async () => {} };
      const auth = oauthRefreshToken({ tokenUrl: 'http://127.0.0.1', clientId: 'me', refreshToken: 'r1' });
      const { error } = await read({}, () => ({ json: page(1) }), { http: { auth }, context: { tokens } });
      expect(error).toMatchObject({
        code: 'http.sign_in_failed',
        hint: expect.stringContaining('take that entry out') as string,
      });
      expect(`${errorMessage(error)}${String((error as Error).cause)}`).not.toContain('t0p');
    },
  );

  test('that a server refuses say why, and nothing secret', async () => {
    const { error } = await read(
      {},
      () => ({ status: 400, json: { error: 'invalid_client', secret: 's3' } }),
      {
        http: { auth: lazily(oauthClientCredentials, oauth) },
      },
    );
    expect(error).toMatchObject({
      code: 'http.sign_in_failed',
      message: expect.stringContaining('(HTTP 400): invalid_client'),
    });
    expect(JSON.stringify(error)).not.toContain('s3');
  });

  test('may be a signed assertion', async () => {
    const { generateKeyPairSync, createVerify } = await import('node:crypto');
    const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { received, ids } = await read({}, ({ url }) => (url === '/token' ? token() : { json: page(1) }), {
      http: { auth: lazily(oauthJwt, () => ({ ...oauth(), privateKey, scope: 'read' })) },
    });
    const assertion = new URLSearchParams(received[0]?.body).get('assertion') ?? '';
    const [head = '', claims = '', signature = ''] = assertion.split('.');
    expect(
      createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(pair.publicKey, signature, 'base64url'),
    ).toBe(true);
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      iss: 'me',
      scope: 'read',
    });
    expect(ids).toEqual([1]);
    made = undefined;
    const broken = await read({}, () => token(), {
      http: { auth: lazily(oauthJwt, () => ({ ...oauth(), privateKey: 'KEY!' })) },
    });
    expect(broken.error).toMatchObject({ code: 'http.unusable_key' });
    expect(String(broken.error)).not.toContain('KEY!');
  });

  test('may come from a person with another device', async () => {
    let asked = 0;
    const { lines, ids, received } = await read(
      {},
      ({ url }) => {
        if (url === '/device')
          return { json: { device_code: 'd', user_code: 'AB-CD', verification_uri: 'https://x/enter' } };
        if (url !== '/token') return { json: page(1) };
        asked += 1;
        return asked < 3
          ? { status: 400, json: { error: 'authorization_pending' } }
          : token({ refresh_token: 'r' });
      },
      { http: { auth: lazily(oauthDevice, () => ({ ...oauth(), deviceUrl: `${read.url()}/device` })) } },
    );
    expect(lines).toContain('warning: To let this tap in, open https://x/enter and enter the code AB-CD');
    expect(ids).toEqual([1]);
    expect(received[1]?.body).toContain('device_code=d');
  });
});

describe('an answer that is an error', () => {
  test.each([
    ['429', { status: 429 }],
    ['503', { status: 503 }],
    ['a broken connection', { destroy: true }],
    ['JSON that ends in its middle', { text: '[{"id":', headers: { 'content-type': 'application/json' } }],
  ])('is tried again: %s', async (_, reply) => {
    const { ids, clock, received } = await read({}, (_request, count) =>
      count < 3 ? reply : { json: page(1) },
    );
    expect(ids).toEqual([1]);
    expect(received).toHaveLength(3);
    const [first = 0, second = 0] = clock.waits;
    expect(first).toBeGreaterThanOrEqual(500);
    expect(second).toBeGreaterThan(first * 0.99);
  });

  test.each([
    ['seconds', { status: 429, headers: { 'retry-after': '7' } }, 7_000],
    ['a date', { status: 503, headers: { 'retry-after': 'Mon, 01 Jan 2024 00:00:09 GMT' } }, 9_000],
    [
      'the reset of a limit',
      {
        status: 403,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Date.UTC(2024, 0, 1) / 1_000 + 11),
        },
      },
      11_000,
    ],
  ])('waits as long as the server asks, in %s', async (_, reply, ms) => {
    const { ids, clock } = await read({}, (_request, count) => (count === 1 ? reply : { json: page(1) }));
    expect(ids).toEqual([1]);
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBe(ms);
  });

  test('is told after the last try, with what the server said', async () => {
    const { error, received } = await read({}, () => ({ status: 500, text: 'out of order' }), {
      http: { retry: { attempts: 3 } },
    });
    expect(received).toHaveLength(3);
    expect(error).toMatchObject({
      message: 'GET /rows after 3 tries: HTTP 500: out of order',
      details: { status: 500 },
    });
    const gone = await read({}, () => ({ destroy: true }), { http: { retry: { attempts: 2 } } });
    expect(gone.error).toMatchObject({ code: 'http.unreachable' });
  });

  test('is not tried again when it would not help', async () => {
    const { error, received } = await read({}, () => ({ status: 404 }));
    expect(error).toMatchObject({ message: 'GET /rows: HTTP 404' });
    expect(received).toHaveLength(1);
  });

  const partitions = [{ user_id: 1 }, { user_id: 2 }, { user_id: 3 }];
  const answer = ({ url }: Received): Reply =>
    url === '/2' ? { status: 404 } : { json: page(Number(url.slice(1))) };

  test('may leave a partition out, end the stream, or be a page', async () => {
    const rule = (action: 'skip' | 'stop' | 'accept') => ({
      path: '/{user_id}',
      partitions,
      onError: [{ status: 404 as const, action }],
    });
    const skipped = await read(rule('skip'), answer);
    expect(skipped.ids).toEqual([1, 3]);
    expect(skipped.lines.some((line) => line.startsWith('warning: GET /{user_id}: HTTP 404'))).toBe(true);
    const stopped = await read(rule('stop'), answer);
    expect([stopped.ids, stopped.error]).toEqual([[1], undefined]);
    expect((await read(rule('accept'), answer)).ids).toEqual([1, 3]);
  });

  test('may say what to do about it', async () => {
    const { error } = await read(
      {
        onError: [
          {
            status: 404,
            body: /no such plan/,
            action: 'fail',
            message: 'the plan is gone',
            hint: 'buy it again',
          },
        ],
      },
      () => ({ status: 404, text: 'no such plan' }),
    );
    expect(error).toMatchObject({
      message: 'GET /rows: the plan is gone: no such plan',
      hint: 'buy it again',
    });
  });
});

describe('rate limits', () => {
  test('are kept before the server says so', async () => {
    const { clock, ids } = await read(
      { records: '$.data[*]', paginate: pageNumbers({ param: 'page', pages: '$.pages' }) },
      ({ query }) => ({ json: { data: page(Number(query.get('page'))), pages: 5 } }),
      { http: { rateLimits: [perMinute(2)] } },
    );
    expect(ids).toHaveLength(5);
    // Two at once, then one every 30 seconds.
    expect(clock.waits.reduce((sum, wait) => sum + wait, 0)).toBe(90_000);
  });

  test('that are used up pause all requests until they are not', async () => {
    const { clock, ids } = await read(
      { records: '$.data[*]', paginate: pageNumbers({ param: 'page', pages: '$.pages' }) },
      ({ query }, count) => ({
        json: { data: page(Number(query.get('page'))), pages: 2 },
        headers: count === 1 ? { 'ratelimit-remaining': '0', 'ratelimit-reset': '20' } : {},
      }),
    );
    expect(ids).toEqual([1, 2]);
    expect(clock.waits).toEqual([20_000]);
  });
});

describe('graphql', () => {
  const query =
    'query ($after: String) { rows(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }';
  const stream = graphql({
    path: '/graphql',
    query,
    variables: { first: 2 },
    schema: row,
    records: '$.data.rows.nodes[*]',
    paginate: relayPages('$.data.rows.pageInfo'),
  });
  const only = async (answer: (request: Received, count: number) => Reply) =>
    read({ partitions: [] }, answer, { more: { connection: stream } });
  const rows = (items: readonly RecordItem[]) =>
    items.flatMap((item) => (item.kind === 'records' ? item.records : []));
  const lastPage = (): JsonObject => ({ nodes: page(1), pageInfo: { hasNextPage: false, endCursor: null } });

  test('pages through a connection', async () => {
    const { items, received } = await only((_, count) => ({
      json: {
        data: { rows: { nodes: page(count), pageInfo: { hasNextPage: count < 3, endCursor: `c${count}` } } },
      },
    }));
    expect(rows(items).map((each) => each['id'])).toEqual([1, 2, 3]);
    expect(received.map(({ body }) => (JSON.parse(body) as JsonObject)['variables'])).toEqual([
      { first: 2 },
      { first: 2, after: 'c1' },
      { first: 2, after: 'c2' },
    ]);
  });

  test('fails without data, takes errors beside data, waits for a limit', async () => {
    const errors = [{ message: 'no field x' }];
    const refused = await only(() => ({ json: { errors, data: null } }));
    expect(refused.error).toMatchObject({
      code: 'http.refused',
      message: expect.stringContaining('no field x'),
    });
    const both = await only(() => ({ json: { errors, data: { rows: lastPage() } } }));
    expect(rows(both.items)).toHaveLength(1);
    expect(both.lines).toContain(
      'warning: /graphql: errors beside data, which may lack what they are about: no field x',
    );
    const without = await only(() => ({ json: { errors, data: { rows: null, teams: [] } } }));
    expect(without.error).toMatchObject({ code: 'http.refused' });
    const limited = await only((_, count) =>
      count === 1
        ? { json: { errors: [{ type: 'RATE_LIMITED' }] } }
        : { json: { data: { rows: lastPage() } } },
    );
    expect([limited.error, rows(limited.items).length, limited.received.length]).toEqual([undefined, 1, 2]);
  });
});

describe('an answer without records is not taken for an empty page', () => {
  test.each([
    ['a page to log in', { text: '<html>please log in</html>' }, 'http.not_json'],
    ['a text', { json: 'maintenance' }, 'http.no_records'],
  ])('%s', async (_, reply, code) => {
    const { error, items } = await read({}, () => reply, { http: { retry: { attempts: 2 } } });
    expect(error).toMatchObject({ code });
    expect(items.some((item) => item.kind === 'state')).toBe(false);
  });

  test('and nothing to read is no failure', async () => {
    expect((await read({}, () => ({ status: 204 }))).error).toBeUndefined();
  });
});

test('credentials do not follow a link to another host', async () => {
  const { error, received } = await read(
    { records: '$.data[*]', paginate: nextLink('$.next') },
    () => ({ json: { data: page(1), next: 'http://elsewhere.invalid/rows' } }),
    { http: { auth: bearer('t0p') } },
  );
  expect(error).toMatchObject({
    code: 'http.foreign_address',
    message: expect.stringContaining('elsewhere.invalid'),
  });
  expect(received).toHaveLength(1);
});
