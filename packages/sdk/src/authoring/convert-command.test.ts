import { afterEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Author, createAuthor } from '../../test/author.ts';

let author: Author;
afterEach(() => author.leave());

const stream = (name: string, more = '') => `
  - type: DeclarativeStream
    name: ${name}
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: https://api.example.com, path: /${name}}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
${more}`;
const custom = '      partition_router: {type: CustomPartitionRouter, class_name: x.Y}\n';
const manifest = `type: DeclarativeSource\nstreams:${stream('users')}${stream('events', custom)}`;
const at = (...files: readonly [string, string][]) => {
  author = createAuthor({ files: Object.fromEntries(files) });
  return author;
};

it('writes what can be taken, and lists what cannot', async () => {
  const { code, out, err } = await at(['airbyte.yaml', manifest]).run(
    'convert',
    'airbyte.yaml',
    '-o',
    'acme.yaml',
  );
  expect([code, out]).toEqual([
    0,
    expect.stringContaining('1 streams in acme.yaml: users\nNext: meltano-sdk run acme.yaml'),
  ]);
  const place =
    'events (airbyte.yaml:16, streams[1].retriever.partition_router, CustomPartitionRouter): it is not supported';
  expect(err).toContain(`not taken: ${place}`);
  const written = author.read('acme.yaml');
  expect(written).toContain(`#   ${place}`);
  expect(parse(written)).toEqual({
    api: { url: 'https://api.example.com' },
    streams: { users: { path: '/users', records: '$["data"]', absent_is_empty: true } },
  });
});

it('prints to standard output without a file', async () => {
  const { out } = await at(['airbyte.yaml', manifest]).run('convert', 'airbyte.yaml');
  expect(parse(out)).toMatchObject({ streams: { users: {} } });
});

it('as code it reads the manifest beside it', async () => {
  await at(['airbyte.yaml', manifest]).run('convert', 'airbyte.yaml', '-o', 'src/acme.ts');
  expect(author.files()).toEqual(expect.arrayContaining(['src/acme.ts', 'src/acme.yaml']));
  expect(author.read('src/acme.ts')).toContain("const file = 'acme.yaml'");
});

it('replaces nothing unless it is told to', async () => {
  const refused = await at(['airbyte.yaml', manifest], ['acme.yaml', 'mine']).run(
    'convert',
    'airbyte.yaml',
    '-o',
    'acme.yaml',
  );
  expect([refused.code, refused.err, author.read('acme.yaml')]).toEqual([
    1,
    expect.stringContaining('--force'),
    'mine',
  ]);
  expect((await author.run('convert', 'airbyte.yaml', '-o', 'acme.yaml', '--force')).code).toBe(0);
});

it.each([
  [
    'a manifest of the own format',
    'api: {url: https://x.example}\nstreams: {}',
    [],
    'is no manifest of Airbyte',
  ],
  ['no YAML', 'a: [', [], 'is no valid manifest: line 1'],
  [
    'nothing that can be taken',
    `type: DeclarativeSource\nstreams:${stream('x', custom)}`,
    [],
    'No stream of m.yaml can be converted',
  ],
  ['another kind of file', manifest, ['-o', 'acme.txt'], 'neither YAML nor TypeScript'],
])('%s is refused', async (_, text, args, words) => {
  const { code, err } = await at(['m.yaml', text]).run('convert', 'm.yaml', ...args);
  expect([code > 0, err]).toEqual([true, expect.stringContaining(words)]);
});

const own = `
name: acme
api: {url: '{{ config.site }}', auth: {type: bearer, token: '{{ config.credentials.token }}'}}
streams: {users: {path: /users, params: {q: '{{ config.api_key }}'}, schema: {type: object, properties: {id: {type: integer}}}}}
`;

it('a manifest has a definition like a connector in code', async () => {
  const { code, out } = await at(['acme.yaml', own]).run('definition', 'acme.yaml');
  const made = JSON.parse(out) as {
    name: string;
    settings: readonly { name: string; kind: string; sensitive?: boolean }[];
  };
  expect([code, made.name]).toEqual([0, 'tap-acme']);
  const kinds = Object.fromEntries(made.settings.map(({ name, kind }) => [name, kind]));
  expect(kinds).toMatchObject({
    site: 'string',
    credentials: 'object',
    api_key: 'password',
    start_date: 'date_iso8601',
  });
});

it.each([
  [
    'is wrong',
    own.replace('path: /users', 'pth: /users'),
    'acme.yaml is no valid manifest: line 4: streams.users.pth',
  ],
  ['is not there', undefined, 'The manifest acme.yaml cannot be read'],
])('a manifest that %s is told in one sentence', async (_, text, words) => {
  const { code, err } = await (text === undefined ? at() : at(['acme.yaml', text])).run('test', 'acme.yaml');
  expect([code, err]).toEqual([1, expect.stringContaining(words)]);
});
