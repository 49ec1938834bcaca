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
      windows: '28d',
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
  ['[[raw]]', "[[raw, '*']]", 'events', 'only plain names'],
  [
    'partition_field: team,',
    'partition_field: team, extra_fields: [[a]],',
    'events',
    '"extra_fields" is not supported',
  ],
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
