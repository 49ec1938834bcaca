import type { JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkValue } from '../check-value.ts';
import { manifestSchema } from '../manifest-schema.ts';
import { importAirbyte } from './import-airbyte.ts';

const document = `
version: 6.0.0
type: DeclarativeSource
definitions:
  requester:
    type: HttpRequester
    url_base: "https://{{ config['region'] }}.example.com/v1"
    http_method: GET
    authenticator: {type: BearerAuthenticator, api_token: "{{ config['token'] }}"}
    error_handler:
      type: DefaultErrorHandler
      response_filters: [{type: HttpResponseFilter, http_codes: [404], action: IGNORE}]
      backoff_strategies: [{type: WaitTimeFromHeader, header: X-Wait}]
  selector:
    type: RecordSelector
    extractor: {type: DpathExtractor, field_path: [data]}
  teams:
    $parameters: {name: teams, path: /teams, primary_key: id}
    retriever:
      type: SimpleRetriever
      requester: {$ref: '#/definitions/requester'}
      record_selector: {$ref: '#/definitions/selector'}
      paginator:
        type: DefaultPaginator
        page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit}
        page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: offset}
        pagination_strategy: {type: OffsetIncrement, page_size: 2, inject_on_first_request: true}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
  events:
    type: DeclarativeStream
    name: events
    primary_key: [id]
    retriever:
      type: SimpleRetriever
      requester:
        $ref: '#/definitions/requester'
        path: "/teams/{{ stream_partition.team }}/events"
        request_parameters: {a: b}
      record_selector:
        $ref: '#/definitions/selector'
        record_filter: {type: RecordFilter, condition: "{{ record['kind'] != 'x' }}"}
      paginator:
        type: DefaultPaginator
        page_token_option: {type: RequestPath}
        pagination_strategy:
          type: CursorPagination
          cursor_value: "{{ response.get('next') }}"
          stop_condition: "{{ not response.get('next') }}"
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs:
          - {type: ParentStreamConfig, parent_key: id, partition_field: team, stream: '#/definitions/teams'}
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: at
      datetime_format: '%Y-%m-%d'
      cursor_datetime_formats: ['%Y-%m-%dT%H:%M:%SZ']
      start_datetime: {type: MinMaxDatetime, datetime: "{{ config['start_date'] }}", datetime_format: '%Y-%m-%d'}
      step: P1M
      lookback_window: P3D
      start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: from}
    transformations:
      - {type: AddFields, fields: [{path: [team], value: '{{ stream_partition.team }}'}]}
      - {type: RemoveFields, field_pointers: [[raw]]}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}, at: {type: string}}}}
streams: ['#/definitions/teams', '#/definitions/events']
`;

const read = (text: string) => importAirbyte(parse(text) as JsonObject);
const memberOf = (value: JsonObject | undefined, name: string) => (value?.[name] ?? {}) as JsonObject;
const reasons = (text: string) =>
  [...read(text).problems].flatMap(([name, list]) => list.map((each) => [name, each.path, each.reason]));

test('what is supported becomes a manifest of the own format', () => {
  const { manifest, problems, imported } = read(document);
  expect([[...problems], imported]).toEqual([[], ['teams', 'events']]);
  expect(checkValue(manifestSchema, manifest ?? null)).toEqual([]);
  expect(manifest?.['api']).toEqual({
    url: `https://{{ config['region'] }}.example.com/v1`,
    auth: { type: 'bearer', token: `{{ config['token'] }}` },
  });
  expect(manifest?.['streams']).toMatchObject({
    teams: {
      path: '/teams',
      keys: ['id'],
      params: { limit: 2 },
      records: '$["data"]',
      paginate: { next: '{{ total }}', stop: '{{ page_size < 2 }}', param: 'offset', first: { offset: 0 } },
      on_error: [
        { status: [404], action: 'skip' },
        { status: [429, '5xx'], action: 'retry', wait_header: 'X-Wait' },
      ],
    },
    events: {
      path: '/teams/{team}/events',
      params: { a: 'b', from: '{{ format_time(start, "%Y-%m-%d") }}' },
      parent: { stream: 'teams', fields: { team: 'id' }, all_records: true },
      where: `{{ record['kind'] != 'x' }}`,
      compute: { team: '{{ partition["team"] }}' },
      remove: ['raw'],
      replication_key: 'at',
      windows: '1mo',
      start_when_whole: true,
      keep_older: true,
      overlap: '3d',
      paginate: { type: 'expression', url: true, next: `{{ body.get('next') }}` },
      schema: { properties: { at: { type: 'string', format: 'date-time' } } },
    },
  });
});

test.each([
  ['type: CursorPagination', 'type: CustomPagination', 'events', 'it is not supported'],
  [
    "response.get('next') }}\"\n          stop",
    "response.get('next') | tztime }}\"\n          stop",
    'events',
    'the filter "tztime" is not available',
  ],
  ["record['kind'] != 'x'", "record['kind'] in secrets", 'events', '"secrets" is not available'],
  ['step: P1M', 'step: soon', 'events', 'the span soon'],
  ['{type: RemoveFields, field_pointers: [[raw]]}', '{type: Custom}', 'events', 'it is not supported'],
  ['[[raw]]', "[[raw, '**']]", 'events', 'only plain names'],
  [
    'partition_field: team,',
    'partition_field: team, lazy_read_pointer: [a],',
    'events',
    '"lazy_read_pointer" is not supported',
  ],
  [
    'partition_field: team,',
    "partition_field: team, extra_fields: [['*']],",
    'events',
    'only plain names are supported',
  ],
  ["'%Y-%m-%dT%H:%M:%SZ']", "'%Y-%Q']", 'events', 'times written as %Y-%Q are not read'],
  ['step: P1M', 'step: P1D\n      cursor_granularity: soon', 'events', 'the span soon'],
])('%s as %s: that stream is left out, with the reason', (from, to, stream, reason) => {
  expect(document).toContain(from);
  const { imported } = read(document.replace(from, to));
  expect(imported).toEqual(['teams']);
  expect(reasons(document.replace(from, to))).toContainEqual([
    stream,
    expect.any(String),
    expect.stringContaining(reason),
  ]);
});

/** The stream of events with something in place of something else. */
function eventsWith(from: string, to: string): JsonObject {
  expect(document).toContain(from);
  const { manifest, problems } = read(document.replace(from, to));
  expect([...problems]).toEqual([]);
  expect(checkValue(manifestSchema, manifest ?? null)).toEqual([]);
  return memberOf(manifest, 'streams')['events'] as JsonObject;
}

const formats = "cursor_datetime_formats: ['%Y-%m-%dT%H:%M:%SZ']";

test.each([
  ["['%s']", { epoch: 'seconds' }],
  ["['%ms']", { epoch: 'milliseconds' }],
  ["['%Y%m%d']", { time_formats: ['%Y%m%d'] }],
  ["['%d/%m/%Y %H:%M', '%s']", { time_formats: ['%d/%m/%Y %H:%M', '%s'] }],
  ["['%Y-%m-%d %H:%M:%S.%_ms', '%Y-%m-%d']", {}],
  ["['%s_as_float']", { time_formats: ['%s_as_float'] }],
  ["['%epoch_microseconds']", { time_formats: ['%epoch_microseconds'] }],
])('times written as %s', (written, expected) => {
  const { epoch, time_formats } = eventsWith(formats, `cursor_datetime_formats: ${written}`);
  expect(JSON.parse(JSON.stringify({ epoch, time_formats }))).toEqual(expected);
});

test.each([
  ['P1D', 'P1D', { windows: '1d', granularity: '1d' }],
  ['P1Y3M', 'PT1H', { windows: '15mo', granularity: '1h' }],
  // Finer times would be lost between the windows.
  ['P1W', 'PT1S', { windows: '7d' }],
  ['P1W', 'PT0.000001S', { windows: '7d' }],
  ['P1M1D', 'P1D', { windows: '29d', granularity: '1d' }],
  [
    "'{{ config.step }}'",
    'P1D',
    { windows: '{{ duration(config.step).total_seconds() }}s', granularity: '1d' },
  ],
])('the step %s with the granularity %s', (step, size, expected) => {
  const { windows, granularity } = eventsWith(
    'step: P1M',
    `step: ${step}\n      cursor_granularity: ${size}`,
  );
  expect(JSON.parse(JSON.stringify({ windows, granularity }))).toEqual(expected);
});

test.each(['is_client_side_incremental', 'is_data_feed'])('%s leaves older records out', (name) => {
  expect(eventsWith('lookback_window: P3D', `${name}: true`)).not.toHaveProperty('keep_older');
});

test('older records are left out where the API is not told where to begin', () => {
  const option = /      start_time_option:.*\n/.exec(document)?.[0] ?? '';
  expect(eventsWith(option, '')).not.toHaveProperty('keep_older');
});

const router = /partition_router:[\s\S]*?\n {4}incremental_sync/.exec(document)?.[0] ?? '';
const routed = (text: string) => eventsWith(router, `partition_router:\n${text}\n    incremental_sync`);
const substream = (more: string) => `{type: SubstreamPartitionRouter, parent_stream_configs: [${more}]}`;
const config = (key: string, field: string, more = '') =>
  `{type: ParentStreamConfig, parent_key: ${key}, partition_field: ${field}, stream: '#/definitions/teams'${more}}`;

test('parents of one router are read in turn, routers are combined', () => {
  expect(routed(`        ${substream(`${config('id', 'team')}, ${config('a/b', 'other')}`)}`)).toMatchObject({
    parent: [
      { stream: 'teams', fields: { team: 'id' }, all_records: true },
      { stream: 'teams', fields: { other: '$["a"]["b"]' }, all_records: true },
    ],
  });
  const many = routed(`        - ${substream(config('id', 'team'))}
        - {type: ListPartitionRouter, cursor_field: kind, values: [x, y]}
        - ${substream(config('id', 'second'))}
        - ${substream(`${config('id', 'third')}, ${config('id', 'fourth')}`)}`);
  expect(many).toMatchObject({
    parent: { stream: 'teams', fields: { team: 'id' } },
    partitions: { kind: ['x', 'y'] },
    combine: [{ fields: { second: 'id' } }, [{ fields: { third: 'id' } }, { fields: { fourth: 'id' } }]],
  });
});

test('extra fields are members of the partition that name no bookmark', () => {
  const made = routed(`        ${substream(config('id', 'team', ", extra_fields: [[meta, at], ['name']]"))}`);
  expect(made).toMatchObject({
    parent: {
      fields: { team: 'id' },
      extra: { 'extra_fields.meta.at': '$["meta"]["at"]', 'extra_fields.name': '$["name"]' },
    },
    state_keys: ['team'],
  });
});

test('a child goes where its parent cannot be taken', () => {
  const found = reasons(document.replace('type: OffsetIncrement', 'type: Unheard'));
  expect(found.map(([name]) => name)).toEqual(['teams', 'events']);
});

test('a reference to nothing, or in a circle, is named', () => {
  expect(reasons("type: DeclarativeSource\nstreams: ['#/definitions/x']")[0]?.[2]).toBe(
    'there is no #/definitions/x',
  );
  expect(reasons("type: DeclarativeSource\nx: '#/x'\nstreams: ['#/x']")[0]?.[2]).toContain('circle');
});

const requester = (parts: string) =>
  read(`
type: DeclarativeSource
check: {}
streams:
  - type: DeclarativeStream
    name: items
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: 'https://x.example.com/', ${parts.includes('path: ') ? '' : 'path: items, '}${parts}}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
`);

test.each([
  [
    'request_body: {type: RequestBodyJsonObject, value: {a: "{{ config.a }}"}}',
    { json: { a: '{{ literal(config.a) }}' } },
  ],
  ['request_body: {type: RequestBodyUrlEncodedForm, value: {a: b}}', { form: { a: 'b' } }],
  ['request_body: {type: RequestBodyGraphQL, value: {query: q}}', { json: { query: 'q' } }],
  [
    'request_body: {type: RequestBodyPlainText, value: "since {{ config.a }}"}',
    { text: 'since {{ config.a }}' },
  ],
  ['request_body_data: "[{{ config.a }}]"', { text: '[{{ config.a }}]' }],
  ['request_body_json: "{{ config.filter }}"', { json: '{{ config.filter }}' }],
  [
    `request_body_json: {a: '["x"]', b: "['x', None]", c: '12', d: '007', e: 'true', f: {g: '{{ config.n }}', h: ['["{{ config.n }}"]', 'x{{ config.n }}']}}`,
    {
      json: {
        a: ['x'],
        b: ['x', null],
        c: 12,
        d: '007',
        e: 'true',
        f: {
          g: '{{ literal(config.n) }}',
          h: ['{{ literal(concat("[\\"", config.n, "\\"]")) }}', 'x{{ config.n }}'],
        },
      },
    },
  ],
  [
    `request_parameters: {a: "['x', 'y']", b: '12', c: '{"a": 1}'}`,
    { params: { a: ['x', 'y'], b: '12', c: '{"a": 1}' } },
  ],
])('the body %s', (parts, expected) => {
  const { manifest, problems } = requester(parts);
  expect([...problems]).toEqual([]);
  expect(memberOf(manifest, 'streams')['items']).toMatchObject(expected);
});

test.each([
  [
    "{type: OAuthAuthenticator, grant_type: password, token_refresh_endpoint: /t, client_id: i, client_secret: s, scopes: [a, b], refresh_request_body: {username: '{{ config.u }}', password: p, expires_in: 60}}",
    {
      type: 'oauth_password',
      token_url: '/t',
      client_id: 'i',
      client_secret: 's',
      username: '{{ config.u }}',
      password: 'p',
      extra: { scopes: 'a b', expires_in: '60' },
    },
  ],
  [
    '{type: ApiKeyAuthenticator, api_token: k, inject_into: {type: RequestOption, inject_into: body_data, field_name: apiKey}}',
    { type: 'api_key', key: 'k', form: 'apiKey' },
  ],
  [
    '{type: LegacySessionTokenAuthenticator, header: X-S, login_url: session, session_token: t, session_token_response_key: id, username: u, password: "{{ config.p }}", validate_session_url: me}',
    {
      type: 'session',
      request: {
        url: 'https://x.example.com/session',
        json: { username: 'u', password: '{{ config.p }}' },
      },
      from: '$["id"]',
      header: 'X-S',
    },
  ],
])('the authenticator %s', (authenticator, expected) => {
  const { manifest, problems } = requester(`authenticator: ${authenticator}`);
  expect([...problems]).toEqual([]);
  expect(checkValue(manifestSchema, manifest ?? null)).toEqual([]);
  expect(memberOf(manifest, 'api')['auth']).toEqual(expected);
});

test.each([
  ['/', ''],
  ['form//{{ stream_slice.form }}//x', 'form/{form}/x'],
  ['https://y.example.com//a', 'https://y.example.com/a'],
])('the path %s', (path, expected) => {
  const { manifest } = requester(`path: '${path}'`);
  expect(memberOf(manifest, 'streams')['items']).toMatchObject({ path: expected });
});

test('limits of all requests are those of the API, those of single paths are left out', () => {
  const budget = `
api_budget:
  type: HTTPAPIBudget
  policies:
    - {type: MovingWindowCallRatePolicy, rates: [{limit: 3, interval: PT1S}, {limit: '{{ config.n }}', interval: PT1M}], matchers: []}
    - {type: FixedWindowCallRatePolicy, period: PT1M, call_limit: 50, matchers: [{method: GET, url_path_pattern: '.*'}]}
    - {type: MovingWindowCallRatePolicy, rates: [{limit: 1, interval: PT2S}], matchers: [{url_path_pattern: ^/slow}]}
`;
  const { manifest } = read(document + budget);
  expect(memberOf(manifest, 'api')['rate_limits']).toEqual([
    { requests: 3, seconds: 1 },
    { requests: 50, seconds: 60 },
  ]);
});

test('an exponential back-off begins with twice its factor', () => {
  const handler =
    'error_handler: {type: DefaultErrorHandler, max_retries: 3, backoff_strategies: [{type: ExponentialBackoffStrategy, factor: 4}]}';
  expect(memberOf(requester(handler).manifest, 'streams')['items']).toMatchObject({
    retry: { attempts: 4, wait: 8 },
  });
});
