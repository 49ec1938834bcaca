import { createHmac } from 'node:crypto';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ApiServer, startApiServer } from '../../testing/api-server.ts';
import { runConnectorProgram } from '../../testing/program-run.ts';
import { createTestClock } from '../../testing/test-clock.ts';
import { acmeTap } from '../acme-tap.test.support.ts';

type Received = Parameters<Parameters<typeof startApiServer>[0]>[0];
type Answer = ReturnType<Parameters<typeof startApiServer>[0]>;

let server: ApiServer;
let from = 0;
let answer: (request: Received, count: number) => Answer;
beforeAll(async () => {
  server = await startApiServer((request) => answer(request, server.received.length - from));
});
afterAll(() => server.close());
beforeEach(() => {
  from = server.received.length;
  answer = () => ({ json: [{ id: 1 }] });
});

/** A manifest with one stream; parts given as YAML replace those that are usual. */
function manifestOf(parts: Readonly<Record<string, string>>, more = ''): string {
  const part = (name: string, usual: string) => parts[name] ?? usual;
  return `
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [items]}
streams:
  - type: DeclarativeStream
    name: items
    primary_key: ${part('primary_key', '[id]')}
    retriever:
      type: SimpleRetriever
      requester:
        type: HttpRequester
        url_base: "{{ config['url'] }}"
        ${part('requester', 'path: /items')}
        ${parts['authenticator'] === undefined ? '' : `authenticator: ${parts['authenticator']}`}
        ${parts['error_handler'] === undefined ? '' : `error_handler: ${parts['error_handler']}`}
      record_selector:
        type: RecordSelector
        extractor: {type: DpathExtractor, field_path: ${part('field_path', '[]')}}
        ${parts['record_filter'] === undefined ? '' : `record_filter: ${parts['record_filter']}`}
      ${parts['paginator'] === undefined ? '' : `paginator: ${parts['paginator']}`}
      ${parts['partition_router'] === undefined ? '' : `partition_router: ${parts['partition_router']}`}
    ${parts['incremental_sync'] === undefined ? '' : `incremental_sync: ${parts['incremental_sync']}`}
    ${parts['transformations'] === undefined ? '' : `transformations: ${parts['transformations']}`}
${more}`;
}

async function read(text: string, config: JsonObject = {}) {
  const tap = acmeTap(text);
  const clock = createTestClock('2024-02-01T00:00:00Z');
  const run = await runConnectorProgram(tap, {
    files: { config: { url: server.url, ...config } },
    clock,
  } as never);
  const rows = run.stdout
    .split('\n')
    .filter((line) => line.startsWith('{"type":"RECORD"'))
    .map((line) => (JSON.parse(line) as { record: JsonObject }).record);
  // Without a schema a run begins with the discovery that infers it.
  return { ...run, rows, received: server.received.slice(from) };
}

const urls = ({ received }: { readonly received: readonly Received[] }) => received.map(({ url }) => url);

const cursor = (more: string) =>
  `{type: DatetimeBasedCursor, cursor_field: at, datetime_format: '%Y-%m-%d', ${more},
      start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: from},
      end_time_option: {type: RequestOption, inject_into: request_parameter, field_name: to}}`;

test.each([
  [
    `start_datetime: "{{ config['since'] }}"`,
    { since: '2024-01-30' },
    '/items?from=2024-01-30&to=2024-02-01',
  ],
  [`start_datetime: "{{ config.get('since', '2023-12-24') }}"`, {}, '/items?from=2023-12-24&to=2024-02-01'],
  [`start_datetime: "{{ day_delta(-3, format='%Y-%m-%d') }}"`, {}, '/items?from=2024-01-29&to=2024-02-01'],
  [
    `start_datetime: "{{ (now_utc() - duration('P1W')).strftime('%Y-%m-%d') }}"`,
    {},
    '/items?from=2024-01-25&to=2024-02-01',
  ],
  [
    `start_datetime: {type: MinMaxDatetime, datetime: "{{ config['since'] }}", datetime_format: '%d.%m.%Y'}`,
    { since: '05.01.2024' },
    '/items?from=2024-01-05&to=2024-02-01',
  ],
  [
    `start_datetime: '2024-01-01', end_datetime: "{{ config['until'] or now_utc().strftime('%Y-%m-%d') }}"`,
    { until: '2024-01-15' },
    '/items?from=2024-01-01&to=2024-01-15',
  ],
])('a stream begins and ends where it says: %s', async (bounds, config, url) => {
  answer = () => ({ json: [{ id: 1, at: '2024-01-30' }] });
  const run = await read(manifestOf({ incremental_sync: cursor(`${bounds}, step: P1Y`) }), config);
  expect([run.code, run.stderr.includes('ERROR')]).toEqual([0, false]);
  expect(urls(run).at(-1)).toBe(url);
});

test('an end that is set ends the windows, too', async () => {
  answer = ({ query }) => ({ json: [{ id: query.get('from'), at: query.get('from') }] });
  const sync = cursor(`start_datetime: '2024-01-01', end_datetime: '2024-01-05', step: P2D`);
  const run = await read(manifestOf({ incremental_sync: sync }));
  expect(run.rows.map((row) => row['id'])).toEqual(['2024-01-01', '2024-01-03']);
});

test('without windows the end is that of the stream, too', async () => {
  answer = () => ({ json: [{ id: 1, at: '2024-01-02' }] });
  const run = await read(
    manifestOf({ incremental_sync: cursor(`start_datetime: '2024-01-01', end_datetime: '2024-01-05'`) }),
  );
  expect(urls(run).at(-1)).toBe('/items?from=2024-01-01&to=2024-01-05');
});

test('max_retries is how often a request is sent again', async () => {
  answer = () => ({ status: 500, json: {} });
  const run = await read(manifestOf({ error_handler: '{type: DefaultErrorHandler, max_retries: 2}' }));
  expect([run.code, run.received.length]).toEqual([1, 3]);
});

test('criteria of a filter count each on its own, and a predicate sees answers that are no errors', async () => {
  answer = (_, count) => (count === 1 ? { json: { code: 'busy' } } : { json: { data: [{ id: 7 }] } });
  const handler = `{type: DefaultErrorHandler,
          backoff_strategies: [{type: WaitUntilTimeFromHeader, header: x-at, min_wait: 1}],
          response_filters: [{type: HttpResponseFilter, action: RETRY, http_codes: [418], predicate: "{{ response.code == 'busy' }}"}]}`;
  const run = await read(manifestOf({ field_path: '[data]', error_handler: handler }));
  expect(run.rows).toEqual([{ id: 7 }]);
});

test.each([
  [
    `{type: HttpResponseFilter, action: IGNORE, http_codes: [404], error_message_contains: gone}`,
    404,
    'no',
    0,
  ],
  [
    `{type: HttpResponseFilter, action: IGNORE, http_codes: [404], error_message_contains: gone}`,
    400,
    'gone',
    0,
  ],
  [
    `{type: HttpResponseFilter, action: IGNORE, http_codes: [404], error_message_contains: gone}`,
    400,
    'no',
    1,
  ],
])('%s with %i %s ends with %i', async (filter, status, message, code) => {
  const schema =
    'schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}';
  answer = () => ({ status, json: { message } });
  const handler = `{type: DefaultErrorHandler, response_filters: [${filter}]}`;
  const text = manifestOf({ error_handler: handler }).replace(
    '    primary_key:',
    `    ${schema}\n    primary_key:`,
  );
  expect((await read(text)).code).toBe(code);
});

test('the token of the page stands wherever templates ask for it', async () => {
  answer = ({ query }) => {
    const page = Number(query.get('page'));
    return { json: { data: [{ id: page }], next: page < 3 ? page : null } };
  };
  const run = await read(
    manifestOf({
      field_path: '[data]',
      requester: `path: /items
        request_parameters: {page: "{{ (next_page_token['next_page_token'] or 0) + 1 }}"}`,
      paginator: `{type: DefaultPaginator, pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}"}}`,
    }),
  );
  expect(run.rows.map((row) => row['id'])).toEqual([1, 2, 3]);
});

test('pages in a form, with a size that is a setting, from the first request on', async () => {
  answer = ({ body }) => {
    const form = new URLSearchParams(body);
    const [size, offset] = [Number(form.get('limit')), Number(form.get('offset'))];
    return { json: [1, 2, 3].slice(offset, offset + size).map((id) => ({ id, sent: form.get('offset') })) };
  };
  const option = (name: string) => `{type: RequestOption, inject_into: body_data, field_name: ${name}}`;
  const run = await read(
    manifestOf({
      requester: 'path: /items\n        http_method: post',
      paginator: `{type: DefaultPaginator, page_size_option: ${option('limit')}, page_token_option: ${option('offset')},
        pagination_strategy: {type: OffsetIncrement, page_size: "{{ config['size'] }}", inject_on_first_request: true}}`,
    }),
    { size: 2 },
  );
  expect(run.rows.map((row) => [row['id'], row['sent']])).toEqual([
    [1, '0'],
    [2, '0'],
    [3, '2'],
  ]);
});

test('the next page by the header Link, and by a header in whatever letters', async () => {
  answer = ({ url }) => ({
    json: [{ id: url }],
    headers: url.includes('2') ? {} : { link: `<${server.url}/items?page=2>; rel="next"`, 'X-More': 'yes' },
  });
  const paginator = `{type: DefaultPaginator, page_token_option: {type: RequestPath}, pagination_strategy: {type: CursorPagination,
        cursor_value: "{{ headers['link']['next']['url'] }}", stop_condition: "{{ 'next' not in headers['link'] or headers['X-More'] != 'yes' }}"}}`;
  const run = await read(manifestOf({ paginator }));
  expect(run.rows.map((row) => row['id'])).toEqual(['/items', '/items?page=2']);
});

test('routers are combined; values go into the path, into headers and into objects of the body', async () => {
  answer = ({ url, headers, body }) => ({
    json: [{ id: `${url} ${String(headers['x-kind'] ?? '')} ${body}` }],
  });
  const list = (name: string, values: string, option = '') =>
    `{type: ListPartitionRouter, cursor_field: ${name}, values: ${values}${option}}`;
  const run = await read(
    manifestOf({
      requester: `path: "/{{ stream_slice['team'] | lower }}/items"\n        http_method: POST`,
      partition_router: `[${list('team', '[A, B]')}, ${list('kind', `"{{ config['kinds'] }}"`, ', request_option: {type: RequestOption, inject_into: header, field_name: X-Kind}')},
        ${list('n', '[1]', ', request_option: {type: RequestOption, inject_into: body_json, field_path: [filter, n]}')}]`,
    }),
    { kinds: ['x', 'y'] },
  );
  const expected = ['a', 'b'].flatMap((team) =>
    ['x', 'y'].map((kind) => `/${team}/items ${kind} {"filter":{"n":1}}`),
  );
  expect(run.rows.map((row) => row['id'])).toEqual(expected);
});

test('a parent that is no stream itself is read for its children only', async () => {
  answer = ({ url }) => ({
    json: url === '/groups' ? [{ key: { name: 'a b' } }, { key: { name: 'c' } }] : [{ id: url }],
  });
  const parent = `{type: DeclarativeStream, name: groups, primary_key: [], retriever: {type: SimpleRetriever,
          requester: {type: HttpRequester, url_base: "{{ config['url'] }}", path: /groups},
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}}}`;
  const run = await read(
    manifestOf({
      requester: `path: "/groups/{{ stream_partition.group }}/items"`,
      partition_router: `{type: SubstreamPartitionRouter, parent_stream_configs:
        [{type: ParentStreamConfig, parent_key: key/name, partition_field: group, stream: ${parent}}]}`,
    }),
  );
  expect(run.rows).toEqual([
    { id: '/groups/a%20b/items', group: 'a b' },
    { id: '/groups/c/items', group: 'c' },
  ]);
});

test('a stream may have an address and a way to sign in of its own', async () => {
  answer = ({ url, headers }) => ({ json: [{ id: `${url} ${headers.authorization ?? 'nobody'}` }] });
  const other = `  - {type: DeclarativeStream, name: others, retriever: {type: SimpleRetriever,
      requester: {type: HttpRequester, url_base: "{{ config['url'] }}/v2/", path: others, authenticator: {type: NoAuth}},
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}}}`;
  const text = manifestOf({ authenticator: '{type: BearerAuthenticator, api_token: abcd}' }, other);
  expect((await read(text)).rows).toEqual([{ id: '/items Bearer abcd' }, { id: '/v2/others nobody' }]);
});

test('transformations happen in their order', async () => {
  answer = () => ({
    json: [{ id: 1, User: { Name: 'Ada', Mail: 'x' }, tags: ['a', 'b'], old: 1, lines: [{ x: 1, y: 2 }] }],
  });
  const run = await read(
    manifestOf({
      transformations: `
      - {type: RemoveFields, field_pointers: [[User, Mail], [old], [lines, '*', x]]}
      - {type: KeysToLower}
      - {type: AddFields, fields: [{path: [user, first], value: "{{ record.user.name[0] }}"}, {path: [n], value: '5', value_type: integer}]}
      - {type: AddFields, condition: "{{ record.n > 9 }}", fields: [{path: [never], value: x}]}
      - {type: AddFields, fields: [{path: [label], value: "{{ record['tags'] | join('+') }} {{ record['user']['first'] ~ record['n'] }}"}]}
      - {type: KeysReplace, old: "{{ config['old_name'] }}", new: words}
      - {type: DpathFlattenFields, field_path: [user], delete_origin_value: true}`,
    }),
    { old_name: 'tags' },
  );
  expect(run.rows).toEqual([
    { id: 1, words: ['a', 'b'], lines: [{ y: 2 }], n: 5, label: 'a+b A5', name: 'Ada', first: 'A' },
  ]);
});

test('filters and statements of Jinja decide as in Jinja', async () => {
  answer = () => ({ json: [{ id: 1, kind: 'A' }, { id: 2 }, { id: 3, kind: 'b' }] });
  const run = await read(
    manifestOf({
      requester: `path: /items
        request_parameters:
          q: "{% if config['all'] %}all{% else %}since:{{ config['since'] | default('never', true) }}{% endif %}"
          none: "{{ config['nothing'] }}"`,
      record_filter: `{type: RecordFilter, condition: "{{ record.kind is defined and record['kind'] | lower in ['a', 'c'] }}"}`,
    }),
  );
  expect([run.rows, urls(run).at(-1)]).toEqual([[{ id: 1, kind: 'A' }], '/items?q=since%3Anever']);
});

const bearer = (token: string) => `{type: BearerAuthenticator, api_token: ${token}}`;

test.each([
  ['a', 'Bearer first-token'],
  ['b', 'Basic bWU6cHNzdA=='],
])('of several ways to sign in a setting chooses %s', async (way, expected) => {
  answer = ({ headers }) => ({ json: [{ id: headers.authorization ?? null }] });
  const authenticator = `{type: SelectiveAuthenticator, authenticator_selection_path: [credentials, type], authenticators: {
          a: ${bearer(`"{{ config['credentials']['token'] }}"`)},
          b: {type: BasicHttpAuthenticator, username: me, password: psst}}}`;
  const run = await read(manifestOf({ authenticator }), { credentials: { type: way, token: 'first-token' } });
  expect(run.rows).toEqual([{ id: expected }]);
});

test('a way to sign in that is none of them is refused', async () => {
  const authenticator = `{type: SelectiveAuthenticator, authenticator_selection_path: [way], authenticators: {a: ${bearer('x')}}}`;
  const run = await read(manifestOf({ authenticator }), { way: 'z' });
  expect([run.code, run.stderr]).toEqual([1, expect.stringContaining('"z", which is no way to sign in')]);
});

test('a session is begun once, renewed when it is refused, and its token shows nowhere', async () => {
  let logins = 0;
  answer = ({ url, headers, body }) => {
    if (url === '/login') {
      logins += 1;
      return { json: { session: { id: `session-${logins}`, sent: body as JsonValue } } };
    }
    if (headers['x-session'] !== 'session-2')
      return { status: 401, json: { echo: headers['x-session'] ?? '' } };
    return { json: [{ id: 1 }] };
  };
  const authenticator = `{type: SessionTokenAuthenticator, session_token_path: [session, id], expiration_duration: PT1H,
          login_requester: {type: HttpRequester, url_base: "{{ config['url'] }}", path: login, http_method: POST,
            request_body_json: {user: me, password: "{{ config['pass'] }}"}},
          request_authentication: {type: ApiKey, inject_into: {type: RequestOption, inject_into: header, field_name: X-Session}}}`;
  const run = await read(manifestOf({ authenticator }), { pass: 'open sesame' });
  expect([run.code, run.rows, logins]).toEqual([0, [{ id: 1 }], 2]);
  expect(run.received[0]?.body).toBe('{"user":"me","password":"open sesame"}');
});

test('a token that the tap signs can be verified', async () => {
  answer = ({ headers }) => ({ json: [{ id: headers.authorization ?? null }] });
  const authenticator = `{type: JwtAuthenticator, secret_key: "{{ config['key'] }}", algorithm: HS256, token_duration: 60,
          additional_jwt_payload: {scope: read}}`;
  const run = await read(manifestOf({ authenticator }), { key: 'very secret' });
  const [head = '', claims = '', signature] = String(run.rows[0]?.['id']).replace('Bearer ', '').split('.');
  expect(signature).toBe(createHmac('sha256', 'very secret').update(`${head}.${claims}`).digest('base64url'));
  const now = Date.parse('2024-02-01T00:00:00Z') / 1_000;
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    scope: 'read',
    iat: now,
    exp: now + 60,
  });
});

test.each([
  ['a header', bearer(`"{{ config['mine'] }}"`)],
  [
    'a parameter',
    `{type: ApiKeyAuthenticator, api_token: "{{ config['mine'] }}", inject_into: {type: RequestOption, inject_into: request_parameter, field_name: k}}`,
  ],
])(
  'a credential in %s shows in no message, although no setting is called secret',
  async (_, authenticator) => {
    answer = ({ url, headers }) => ({ status: 400, json: { echo: `${url} ${headers.authorization ?? ''}` } });
    const run = await read(manifestOf({ authenticator }), { mine: 'abcd/1234' });
    expect([run.code, run.stderr.includes('echo')]).toEqual([1, true]);
    expect(run.stderr).not.toMatch(/abcd(\/|%2F)1234/);
  },
);

test('a credential in a header of the requests themselves shows in no message either', async () => {
  answer = ({ headers }) => ({ status: 400, json: { echo: headers['x-access-token'] ?? '' } });
  const requester = `path: /items\n        request_headers: {X-Access-Token: "{{ config['mine'] }}"}`;
  const run = await read(manifestOf({ requester }), { mine: 'abcd/1234' });
  expect(run.stderr).toContain('echo');
  expect(run.stderr).not.toContain('abcd');
});

test('a feed is read up to what an earlier run has had', async () => {
  const days = ['2024-01-31', '2024-01-30', '2024-01-29', '2024-01-28', '2024-01-27'];
  answer = ({ query }) => {
    const page = Number(query.get('page') ?? 1);
    return { json: days.slice(page - 1, page).map((at, id) => ({ id, at })) };
  };
  const paginator = `{type: DefaultPaginator, page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page},
        pagination_strategy: {type: PageIncrement, start_from_page: 1}}`;
  const feed = (more: string) =>
    manifestOf({ paginator, incremental_sync: cursor(`${more} start_datetime: '2024-01-30'`) });
  const { rows, received, stderr } = await read(feed('is_data_feed: true,'));
  expect(stderr).not.toContain('ERROR');
  // Three pages for the schema, and three for the run.
  expect([rows.map(({ at }) => at), received.length]).toEqual([['2024-01-31', '2024-01-30'], 6]);
  from = server.received.length;
  const whole = await read(feed(''));
  expect([whole.rows.length, whole.received.length]).toEqual([5, 12]);
});

test('what parse gives is what the tests mean', () => {
  // Guards the helper: a part that is not put in would test nothing.
  const { streams } = parse(manifestOf({ field_path: '[x]' })) as { streams: readonly JsonObject[] };
  expect(JSON.stringify(streams[0])).toContain('"field_path":["x"]');
});

test('lines of JSON and CSV are read as there, and dynamic streams are made for the settings', async () => {
  answer = ({ url }) => ({
    text: url.startsWith('/csv') ? 'id;x\n1;a\n2;\n' : '{"id":1,"x":"b"}\n{"id":2}\n',
  });
  const dynamic = `
dynamic_streams:
  - type: DynamicDeclarativeStream
    stream_template:
      type: DeclarativeStream
      name: none
      schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {}, x: {}}}}
      retriever:
        type: SimpleRetriever
        requester: {type: HttpRequester, url_base: "{{ config['url'] }}", path: none}
        decoder: {type: CompositeRawDecoder, parser: {type: CsvParser, delimiter: ';', set_values_to_none: ['']}}
        record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    components_resolver:
      type: ConfigComponentsResolver
      stream_config: {type: StreamConfig, configs_pointer: [reports]}
      components_mapping:
        - {type: ComponentMappingDefinition, field_path: [name], value: "csv_{{ components_values['name'] }}"}
        - {type: ComponentMappingDefinition, field_path: [retriever, requester, path], value: "/csv/{{ components_values['name'] }}"}
`;
  const text = manifestOf({ requester: 'path: /lines' }, dynamic).replace(
    'retriever:\n',
    'retriever:\n      decoder: {type: JsonlDecoder}\n',
  );
  const run = await read(text, { reports: [{ name: 'a' }, { name: 'b' }] });
  expect(run.rows, run.stderr).toEqual([
    { id: 1, x: 'b' },
    { id: 2 },
    ...['a', 'b'].flatMap(() => [
      { id: '1', x: 'a' },
      { id: '2', x: null },
    ]),
  ]);
  expect(new Set(urls(run))).toEqual(new Set(['/lines', '/csv/a', '/csv/b']));
});
