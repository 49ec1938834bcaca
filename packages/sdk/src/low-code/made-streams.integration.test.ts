import type { JsonObject } from '@meltano/foundation/json';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiServer, startApiServer } from '../testing/api-server.ts';
import { runConnectorProgram } from '../testing/program-run.ts';
import { createTestClock } from '../testing/test-clock.ts';
import { acmeTap } from './acme-tap.test.support.ts';
import { settingsOf } from './manifest-settings.ts';
import { parseManifest } from './read-manifest.ts';

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer(({ url }) => {
    if (url === '/tables')
      return {
        json: [
          { id: 't1', title: 'Cats', key: 'id' },
          { id: 't2', title: 'Dogs', key: ['id', 'x'] },
        ],
      };
    return { json: { rows: [{ id: 1, x: url }], lines: [{ id: 2, x: url }] } };
  });
});
afterAll(() => server.close());

async function read(manifest: string, config: JsonObject = {}, args: readonly string[] = []) {
  const run = await runConnectorProgram(acmeTap(`api: {url: '{{ config.url }}'}\n${manifest}`), {
    args,
    files: { config: { url: server.url, ...config } },
    clock: createTestClock('2024-02-01T00:00:00Z'),
  } as never);
  const messages = run.stdout
    .split('\n')
    .filter((line) => line.startsWith('{"type":"'))
    .map((line) => JSON.parse(line) as JsonObject);
  return {
    ...run,
    rows: messages.filter(({ type }) => type === 'RECORD').map(({ stream, record }) => [stream, record]),
    keys: messages
      .filter(({ type }) => type === 'SCHEMA')
      .map(({ stream, key_properties: keys }) => [stream, keys]),
  };
}

const schema = 'schema: {type: object, properties: {id: {type: integer}, x: {type: string}}}';

test('a stream is made for each of a list of the settings, and of what is always there', async () => {
  const { rows, keys, stderr } = await read(
    `
streams: {}
stream_templates:
- for_each: ['{{ config.reports }}', {name: usual, at: rows, key: x}]
  name: 'report_{{ each.name }}'
  stream:
    path: '/reports/{{ url_encode(each.name) }}'
    params: {n: '{{ each.name }}', limit: '{{ config.limit }}'}
    records: '$.{{ each.at }}'
    keys: ['{{ each.key }}']
    ${schema}
`,
    {
      reports: [
        { name: 'a', at: 'rows', key: 'id' },
        { name: 'b c', at: 'lines', key: ['id', 'x'] },
      ],
      limit: 3,
    },
  );
  expect(rows, stderr).toEqual([
    ['report_a', { id: 1, x: '/reports/a?n=a&limit=3' }],
    ['report_b c', { id: 2, x: '/reports/b%20c?n=b+c&limit=3' }],
    ['report_usual', { id: 1, x: '/reports/usual?n=usual&limit=3' }],
  ]);
  expect(keys).toEqual([
    ['report_a', ['id']],
    ['report_b c', ['id', 'x']],
    ['report_usual', ['x']],
  ]);
});

test('and for each record of a stream, which may be there for that only', async () => {
  const { rows, stderr } = await read(`
streams:
  tables: {path: /tables, selected: false, schema: {type: object, properties: {id: {type: string}}}}
stream_templates:
- for_each: {stream: tables}
  name: '{{ each.title.lower() }}'
  stream: {path: '/tables/{{ each.id }}', records: $.rows, keys: ['{{ each.key }}'], ${schema}}
`);
  expect(rows, stderr).toEqual([
    ['cats', { id: 1, x: '/tables/t1' }],
    ['dogs', { id: 1, x: '/tables/t2' }],
  ]);
});

test('what a list says is never evaluated', async () => {
  const { rows } = await read(
    `
streams: {}
stream_templates:
- {for_each: '{{ config.names }}', name: '{{ each }}', stream: {path: /x, params: {n: '{{ each }}'}, records: $.rows, ${schema}}}
`,
    { names: ['{{ config.secret }}'], secret: 's3cret' },
  );
  expect(JSON.stringify(rows)).not.toContain('s3cret');
  expect(rows).toHaveLength(1);
});

test('names that are taken, are none, and members that do not fit are told', async () => {
  const template = (more: string) =>
    `streams: {a: {path: /x, records: $.rows, ${schema}}}
stream_templates: [{for_each: [a], name: '{{ each }}', stream: {path: /x, records: $.rows, ${schema}, ${more}}}]`;
  expect((await read(template('keys: [id]'))).stderr).toContain('Two streams are called "a"');
  expect((await read(template('keys: [id]').replace("'{{ each }}'", "'{{ each.none }}'"))).stderr).toContain(
    'stream_templates[0].name has no value',
  );
  expect((await read(template("keys: ['{{ 3 }}']"))).stderr).toContain(
    'stream_templates[0].stream.keys[0] of the stream "a" must be a text',
  );
  expect(() =>
    parseManifest(
      'api: {url: x}\nstreams: {}\nstream_templates: [{for_each: {stream: none}, name: x, stream: {path: /x}}]',
      'acme.yaml',
    ),
  ).toThrow('names the stream "none", which is not there');
});

test('a stream is there only if the settings say so, or another is read for its records', async () => {
  const manifest = `
streams:
  a: {path: /x, records: $.rows, only_if: '{{ config.more }}', ${schema}}
  b: {path: '/b/{a.id}', records: $.rows, only_if: '{{ not config.few }}', ${schema}}
  c: {path: /c, records: $.rows, ${schema}}
`;
  const streamsWith = async (config: JsonObject) => {
    const { stdout } = await read(manifest, config, ['--discover']);
    const { streams } = JSON.parse(stdout) as {
      streams: readonly { tap_stream_id: string; metadata: readonly JsonObject[] }[];
    };
    return streams.map((each) => each.tap_stream_id);
  };
  expect(await streamsWith({ more: true })).toEqual(['a', 'b', 'c']);
  expect(await streamsWith({})).toEqual(['a', 'b', 'c']);
  expect(await streamsWith({ few: true })).toEqual(['c']);
  const { rows } = await read(manifest, {});
  expect(rows.map(([stream]) => stream)).toEqual(['b', 'c']);
});

test('settings that a template names are known', () => {
  const manifest = parseManifest(
    "api: {url: x}\nstreams: {}\nstream_templates: [{for_each: '{{ config.list }}', name: x, stream: {path: '/{{ config.part }}', only_if: '{{ config.is }}'}}]",
    'acme.yaml',
  );
  expect(Object.keys(settingsOf(manifest))).toEqual(expect.arrayContaining(['part', 'is']));
});

test('answers are read as "decode" says', async () => {
  const csv = await startApiServer(({ url }) => ({
    text: url === '/csv' ? "id;x\n1;'a;b'\n2;NA\n" : '{"id":1,"x":"a"}\n{"id":2,"x":null}\n',
  }));
  try {
    const { rows, stderr } = await read(
      `
defaults: {schema: {type: object, properties: {id: {type: [integer, string]}, x: {type: ['null', string]}}}}
streams:
  csv: {path: /csv, decode: {type: csv, delimiter: ';', quote: "'", nulls: [NA]}}
  lines: {path: /lines, decode: {type: gzip, of: {type: json_lines}}, where: '{{ record.id > 1 }}'}
  plain: {path: /lines, decode: {type: lines, as: x}}
`,
      { url: csv.url },
    );
    expect(rows, stderr).toEqual([
      ['csv', { id: '1', x: 'a;b' }],
      ['csv', { id: '2', x: null }],
      ['lines', { id: 2, x: null }],
      ['plain', { x: '{"id":1,"x":"a"}' }],
      ['plain', { x: '{"id":2,"x":null}' }],
    ]);
    expect(
      (await read(`streams: {a: {path: /x, decode: {type: csv, delimiter: '"'}, ${schema}}}`)).stderr,
    ).toContain('streams.a.decode cannot be used: The delimiter of CSV is the quote');
  } finally {
    await csv.close();
  }
});
