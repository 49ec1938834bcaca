import type { JsonValue } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import type { StreamContext } from '../tap/stream.ts';
import { linkHeader, nextLink, type Paginator, relayPages } from './paginate.ts';

/** What a paginator makes of a page with one record. */
function nextOf(paginator: Paginator, body: JsonValue, headers: Readonly<Record<string, string>> = {}) {
  const response = {
    status: 200,
    headers: new Headers(headers),
    url: 'https://api.example/u',
    text: '',
    body,
  };
  return paginator.next({ response, records: [{}], held: 1, number: 1, total: 1 }, {}, {} as StreamContext);
}

const unusable = expect.objectContaining({ code: 'http.unusable_page' });

test.each([undefined, null, '', ' ', false])('a link %j is the end', (next) => {
  expect(nextOf(nextLink('$.next'), next === undefined ? {} : { next })).toBeUndefined();
});

test('a link that is no address is not taken for the end', () => {
  expect(nextOf(nextLink('$.next'), { next: '/u?page=2' })).toEqual({ url: 'https://api.example/u?page=2' });
  for (const next of [5, true, { href: '/u?page=2' }, ['/u'], 'http://'])
    expect(() => nextOf(nextLink('$.next'), { next })).toThrow(unusable);
  expect(() => nextOf(linkHeader(), {}, { link: '<http://>; rel="next"' })).toThrow(unusable);
});

test('a connection is at its end where it says so, and nowhere else', () => {
  const after = (pageInfo: JsonValue) => nextOf(relayPages('$.pageInfo'), { pageInfo });
  expect(after({ hasNextPage: false, endCursor: null })).toBeUndefined();
  expect(after({ hasNextPage: true, endCursor: 'c' })).toEqual({ json: { 'variables.after': 'c' } });
  for (const pageInfo of [null, {}, { endCursor: 'c' }, { hasNextPage: true }])
    expect(() => after(pageInfo)).toThrow(unusable);
  expect(() => nextOf(relayPages('$.misspelt'), {})).toThrow(unusable);
});
