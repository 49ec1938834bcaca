import { expect, test } from 'vitest';
import { requestUrl } from './request-url.ts';

test.each([
  ['https://x.io/v1', '/rows', 'https://x.io/v1/rows'],
  ['https://x.io/v1/', 'rows', 'https://x.io/v1/rows'],
  // Some servers know an address only with its last slash.
  ['https://x.io/graphql/', '', 'https://x.io/graphql/'],
  ['https://x.io/graphql', '', 'https://x.io/graphql'],
  ['https://x.io/api/', '?a=1', 'https://x.io/api/?a=1'],
  ['https://x.io/api?key=k', '/rows', 'https://x.io/api/rows?key=k'],
  ['https://x.io/api?key=k', '/rows?a=1', 'https://x.io/api/rows?key=k&a=1'],
  ['https://x.io', 'https://x.io/next?c=1', 'https://x.io/next?c=1'],
])('%s and %s make %s', (base, path, url) => {
  expect(requestUrl(base, path, {})).toBe(url);
});

test('what stands in an address stays as it is written, also beside parameters', () => {
  const path = '/rows?fields=id,name&projection=(a:(b),c)&cursor=a%2Fb%3D&at=10%20am';
  expect(requestUrl('https://x.io', path, { page: 2 })).toBe(`https://x.io${path}&page=2`);
});

test('a parameter that is given again replaces that of the address; lists repeat it, nulls leave it out', () => {
  const params = { 'a b': 'x,y', page: [2, 3], none: null, gone: undefined };
  expect(requestUrl('https://x.io', '/rows?page=1&none=1&a%20b=0&z=1', params)).toBe(
    'https://x.io/rows?none=1&z=1&a+b=x%2Cy&page=2&page=3',
  );
});
