import { expect, it } from 'vitest';
import { createHiding } from './credentials.ts';
import type { HttpRequest } from './http-message.ts';

const bare: HttpRequest = {
  method: 'GET',
  url: '/x',
  label: '/x',
  params: { page_token: 'p1', q: 'shown' },
  headers: { accept: 'json' },
};

function hiddenOf(signed: Partial<HttpRequest>, base = bare): readonly string[] {
  const hidden: string[] = [];
  const hide = createHiding((...texts) => void hidden.push(...texts));
  hide(base, { ...base, ...signed });
  hide(base, { ...base, ...signed });
  return hidden;
}

it('what an authenticator adds is hidden once, with what is in it', () => {
  const basic = `Basic ${Buffer.from('me:open:sesame').toString('base64')}`;
  expect(hiddenOf({ headers: { ...bare.headers, authorization: 'Bearer abc' } })).toEqual([
    'Bearer abc',
    'abc',
  ]);
  expect(hiddenOf({ headers: { ...bare.headers, authorization: basic } })).toEqual([
    basic,
    basic.slice(6),
    'open:sesame',
  ]);
  expect(hiddenOf({ params: { ...bare.params, k: 'in-the-address' } })).toEqual(['in-the-address']);
  expect(hiddenOf({ json: { key: 'in-the-body' } })).toEqual(['in-the-body']);
});

it('what stands under the name of a credential is hidden, whoever put it there; pages and filters are shown', () => {
  const own = {
    ...bare,
    headers: { 'x-api-key': 'k1', cookie: 'c1' },
    params: { ...bare.params, access_token: 't1' },
  };
  expect(hiddenOf({}, own)).toEqual(['k1', 'c1', 't1']);
  expect(hiddenOf({})).toEqual([]);
});

it.each<[string, Partial<HttpRequest>, readonly string[]]>([
  ['a key as the name of a user', { headers: { authorization: `Basic ${btoa('the-key:')}` } }, ['the-key']],
  ['parts of cookies', { headers: { cookie: 'sid=abcd; lang=deutsch' } }, ['abcd', 'deutsch']],
  ['a token with its name', { headers: { authorization: 'Token token="abcd", x="efgh"' } }, ['abcd', 'efgh']],
  ['numbers', { params: { api_key: 12345 } }, ['12345']],
  ['a form', { form: { password: 'open' } }, ['open']],
  ['JSON at any depth', { json: { login: [{ secret: 'open', tokens: ['more'] }] } }, ['open', 'more']],
  ['the address itself', { url: '/x?access_token=open&page=2' }, ['open']],
  ...[
    'key',
    'x-auth',
    'authentication',
    'ocp-apim-subscription-key',
    'page_access_token',
    'apiKey',
    'PRIVATE-TOKEN',
  ].map((name): [string, Partial<HttpRequest>, readonly string[]] => [
    name,
    { params: { [name]: 'open' } },
    ['open'],
  ]),
])('the stream’s own is hidden: %s', (_, own, texts) => {
  expect(hiddenOf({}, { ...bare, ...own })).toEqual(expect.arrayContaining([...texts]));
});

it.each([
  'page_token',
  'nextPageToken',
  'pagination_token',
  'cursor',
  'keyword',
  'monkey',
  'author',
  'total_tokens',
])('is shown: %s', (name) => {
  expect(hiddenOf({}, { ...bare, params: { [name]: 'shown' } })).toEqual([]);
});

it('short numbers are shown: to hide one would hide it everywhere', () => {
  expect(hiddenOf({}, { ...bare, params: { key: 7 } })).toEqual([]);
});
