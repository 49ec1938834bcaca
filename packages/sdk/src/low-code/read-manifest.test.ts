import { join } from 'node:path';
import { isAppError } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileSchema } from '../schema/validate.ts';
import { checkValue } from './check-value.ts';
import { manifestSchema } from './manifest-schema.ts';
import { parseManifest, readManifest } from './read-manifest.ts';

const good = `
api:
  url: https://api.example.com
  auth: {type: bearer, token: '{{ config.token }}'}
defaults:
  keys: [id]
streams:
  users:
    path: /users
    paginate: {type: page, param: page, size: {param: per_page, value: 50}}
    on_error: [{status: [404, 5xx], action: skip}]
  teams: {path: /teams, keys: [name]}
`;

function problem(text: string) {
  try {
    parseManifest(text, 'acme.yaml');
  } catch (error) {
    if (isAppError(error)) return error;
  }
  throw new Error('the manifest was taken');
}

test('streams have what the defaults say, unless they say otherwise', () => {
  const { streams } = parseManifest(good, 'acme.yaml');
  expect(streams['users']).toMatchObject({ path: '/users', keys: ['id'] });
  expect(streams['teams']?.keys).toEqual(['name']);
});

test.each([
  ['path: /users', 'pth: /users', 9, 'streams.users.pth', 'did you mean "path"?'],
  [
    'type: page',
    'type: pages',
    10,
    'streams.users.paginate.type',
    'is "pages": did you mean "page"? It must be one of single',
  ],
  ['value: 50', 'value: fifty', 10, 'streams.users.paginate.size.value', 'must be a whole number'],
  ['value: 50', 'value: 0', 10, 'streams.users.paginate.size.value', 'must be 1 or more'],
  ['action: skip', 'action: skp', 11, 'streams.users.on_error[0].action', 'did you mean "skip"?'],
  [', 5xx', ', 6xx', 11, 'streams.users.on_error[0].status[1]', 'must look like'],
  ["token: '{{ config.token }}'", '', 4, 'api.auth', 'needs "token"'],
  ['type: bearer, ', '', 4, 'api.auth.type', 'is missing: it must be one of'],
  [
    'path: /teams,',
    'path: /teams, parent: {stream: user, fields: {id: id}},',
    12,
    'streams.teams.parent.stream',
    'names the stream "user", which is not there: did you mean "users"?',
  ],
  ['path: /teams,', 'path: "/{teams.id}",', 12, 'streams.teams.path', 'an ancestor of itself'],
])('%s as %s is refused with its line, its path and what is allowed', (from, to, line, path, words) => {
  const error = problem(good.replace(from, to));
  expect(error.code).toBe('manifest.invalid');
  expect(error.place).toMatchObject({ file: 'acme.yaml', line, path });
  expect(error.message).toContain(words);
});

test('text that is no YAML is refused with its line', () => {
  expect(problem('api:\n  url: "x\nstreams: {}').place?.line).toBeDefined();
});

test('aliases that multiply, or lead into themselves, are refused', () => {
  const levels = Array.from(
    { length: 12 },
    (_, at) => `a${at}: &a${at} [${`*a${at - 1}, `.repeat(at === 0 ? 0 : 9)}x]`,
  );
  expect(problem(levels.join('\n')).message).toContain('aliases (*name) that multiply');
  const circle = problem(good.replace('path: /users', 'path: /users\n    json: &body {inner: [*body]}'));
  expect(circle.place).toMatchObject({ line: 10, path: 'streams.users.json.inner[0]' });
  expect(circle.message).toContain('stands in itself');
});

test('references of a manifest of Airbyte that multiply are refused', () => {
  const levels = Array.from(
    { length: 9 },
    (_, at) =>
      `  a${at}: {${Array.from({ length: 9 }, (__, n) => `m${n}: '#/definitions/a${at + 1}'`).join(', ')}}`,
  );
  const text = `type: DeclarativeSource\ndefinitions:\n${levels.join('\n')}\n  a9: {}\nstreams: ['#/definitions/a0']`;
  expect(problem(text).message).toContain('multiply beyond all measure');
});

test('what of a manifest of Airbyte cannot be taken is named with the line where it is written', () => {
  const text = `type: DeclarativeSource
definitions:
  retriever:
    type: SimpleRetriever
    requester: {type: HttpRequester, url_base: https://x.example, path: /x}
    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    paginator:
      type: CustomPaginator
streams:
  - {type: DeclarativeStream, name: x, retriever: {$ref: '#/definitions/retriever'}}
`;
  expect(problem(text).message).toContain(
    'x (acme.yaml:7, streams[0].retriever.paginator, CustomPaginator): it is code',
  );
});

test('a manifest of Airbyte without streams is refused', () => {
  expect(problem('type: DeclarativeSource\nstreams: []').code).toBe('manifest.not_imported');
});

test('a file that is not there is named', async () => {
  await expect(readManifest('/nowhere/acme.yaml')).rejects.toMatchObject({ code: 'manifest.unreadable' });
});

test('what is taken and what is refused is the same as JSON Schema has it', () => {
  const validate = compileSchema(manifestSchema);
  for (const [from, to] of [
    ['', ''],
    ['path: /users', 'pth: /users'],
    ['type: page', 'type: pages'],
    ['value: 50', 'value: fifty'],
    ['action: skip', 'action: skp'],
    [', 5xx', ', 6xx'],
  ] as const) {
    const value = parse(good.replace(from, to)) as JsonObject;
    expect([to, validate(value)]).toEqual([to, checkValue(manifestSchema, value).length === 0]);
  }
});

test('the published schema is current', async () => {
  const text = `${JSON.stringify(manifestSchema, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '../../low-code.schema.json'));
});
