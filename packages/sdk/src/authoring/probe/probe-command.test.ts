import { afterEach, expect, it } from 'vitest';
import { type Author, createAuthor } from '../../../test/author.ts';
import { practiceToken, startPracticeApi } from '../practice-api.ts';

let author: Author | undefined;
afterEach(() => author?.leave());

const answering = (body: string, status = 200) =>
  createAuthor({ fetch: async () => new Response(body, { status }) });

it('proposes a stream for the practice API', async () => {
  const api = await startPracticeApi(0);
  try {
    author = createAuthor();
    const url = `${api.url}/customers?country=NL&page=1`;
    const { code, out } = await author.run(
      'probe',
      url,
      '--header',
      `authorization: Bearer ${practiceToken}`,
    );
    expect(code).toBe(0);
    expect(out).toBe(`// 20 records at $.data[*]
// key: id, different in all records
// replication key: updated_at; set "since" to the parameter that takes a time, if the API has one
// pages: $.next is "/customers?page=2"
// import { nextLink, rest, s } from '@meltano/sdk';
customers: rest({
  path: '/customers',
  params: {"country":"NL"},
  records: '$.data[*]',
  paginate: nextLink('$.next'),
  keys: ['id'],
  replicationKey: 'updated_at',
  schema: s.object({
    id: s.integer(),
    updated_at: s.dateTime(),
    ...s.nullable({
      name: s.string(),
      country: s.string(),
    }),
  }),
}),
`);
  } finally {
    await api.close();
  }
});

it.each([
  [401, 'credentials go into --header'],
  [404, 'check the path'],
  [429, 'try again later'],
  [503, 'the server has failed'],
  [400, 'documentation of the API'],
])('says what to do about HTTP %i', async (status, hint) => {
  author = answering('no', status);
  expect((await author.run('probe', 'https://x.example/a')).err).toContain(hint);
});

it('takes an id in the path for one of a parent', async () => {
  author = answering('[{"id": 1}]');
  const { out } = await author.run('probe', 'https://x.example/v1/orders/123/items');
  expect(out).toContain("items: rest({\n  path: '/v1/orders/{orders.id}/items',");
  expect(out).toContain('// parent: 123 looks like an id');
});

it.each([
  ['no records', () => answering('{"data": []}'), 'https://x.example', 0, ''],
  ['no list', () => answering('{}'), 'https://x.example', 1, 'holds no records'],
  ['no JSON', () => answering('<html>'), 'https://x.example', 1, 'is not JSON'],
  [
    'a refusal',
    () => answering('no entry', 401),
    'https://x.example/a?key=abc',
    1,
    'https://x.example/a answers HTTP 401: no entry',
  ],
  ['no address', () => answering('[]'), 'customers', 2, '"customers" is not an address'],
] as const)('says what is wrong: %s', async (_, make, url, code, message) => {
  author = make();
  const run = await author.run('probe', url);
  expect(run.code).toBe(code);
  expect(run.err).toContain(message);
  expect(run.err).not.toContain('abc');
});
