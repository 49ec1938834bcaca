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
