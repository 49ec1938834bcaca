import type { JsonValue } from '@meltano/foundation/json';
import { describe, expect, it } from 'vitest';
import { findPages } from './find-pages.ts';

const guess = (
  body: JsonValue,
  { headers = {}, url = 'https://x.example/things' }: { headers?: Record<string, string>; url?: string } = {},
) => findPages(new Headers(headers), body, url);

describe('what tells of more pages', () => {
  it.each([
    [
      'a Link header',
      [],
      { headers: { link: '<https://x.example/?page=2>; rel="next"' } },
      'linkHeader()',
      'Link',
    ],
    [
      'a number in a header',
      [],
      { headers: { 'x-next-page': '2' } },
      "cursorPages({ from: { header: 'x-next-page' }, param: 'page' })",
      'x-next-page: 2',
    ],
    [
      'an address',
      { data: [], next: '/things?page=2' },
      {},
      "nextLink('$.next')",
      '$.next is "/things?page=2"',
    ],
    [
      'an address in an object',
      { links: { next: 'https://x.example/things?after=9' } },
      {},
      "nextLink('$.links.next')",
      '$.links.next',
    ],
    [
      'an address under a name that is no word',
      { value: [], '@odata.nextLink': 'https://x.example/?$skip=1' },
      {},
      `nextLink('$["@odata.nextLink"]')`,
      'nextLink',
    ],
    [
      'has_more without a token',
      { data: [{ id: 1 }], has_more: true },
      {},
      "afterLastRecord({ from: 'id', param: 'starting_after', more: '$.has_more' })",
      'the name of the parameter is a guess',
    ],
    [
      'a token',
      { meta: { next_cursor: 'abc' } },
      {},
      "cursorPages({ from: '$.meta.next_cursor', param: 'cursor' })",
      '$.meta.next_cursor is "abc"',
    ],
    ...(['10', 'eyJpZCI6MTB9', 10] as const).map(
      (next) =>
        [
          `a token that is called next: ${next}`,
          { data: [], next },
          {},
          "cursorPages({ from: '$.next', param: 'cursor' })",
          `$.next is ${JSON.stringify(next)}`,
        ] as const,
    ),
    [
      'a token beside has_more',
      { data: [{ id: 1 }], has_more: true, next: 'b2' },
      {},
      "cursorPages({ from: '$.next', param: 'cursor' })",
      '$.next is "b2"',
    ],
    [
      'the number of a page, with has_more',
      { items: [], page: 1, per_page: 20, total: 60, has_more: true },
      {},
      "pageNumbers({ param: 'page', size: { param: 'per_page', value: 20 }, more: '$.has_more' })",
      '$.has_more is true; $.page is 1',
    ],
    [
      'the number of a page, with a total',
      { meta: { current_page: 1, total_count: 60 } },
      {},
      "pageNumbers({ param: 'page', total: '$.meta.total_count' })",
      '$.meta.total_count is 60',
    ],
    [
      'a number of pages',
      { page: 1, total_pages: 7 },
      {},
      "pageNumbers({ param: 'page', pages: '$.total_pages' })",
      '$.total_pages is 7',
    ],
    [
      'a total and an offset',
      { total: 90, offset: 0, limit: 20 },
      {},
      "offsets({ param: 'offset', size: { param: 'limit', value: 20 }, total: '$.total' })",
      '$.total is 90; $.offset is 0',
    ],
    [
      'a total, and an offset in the address',
      { count: 90 },
      { url: 'https://x.example/things?offset=0' },
      "offsets({ param: 'offset', size: { param: 'limit', value: 100 }, total: '$.count' })",
      '$.count is 90',
    ],
  ] as const)('%s', (_, body, given, code, evidence) => {
    const found = guess(body as JsonValue, given);
    expect(found?.code).toBe(code);
    expect(found?.evidence).toContain(evidence);
    expect(code.startsWith(found?.name ?? 'nothing')).toBe(true);
  });
});

describe('what does not', () => {
  it.each([
    ['a list alone', [{ id: 1, next: '/x' }], {}],
    ['a Link header to the page before', [], { headers: { link: '<https://x.example/>; rel="prev"' } }],
    ['an address that is null', { data: [], next: null }, {}],
    ['a text that is no address and no token', { next: 'week' }, {}],
    ['an empty token', { next_cursor: '' }, {}],
    ['a total without a place', { total: 3, data: [] }, {}],
    ['a text of the name of a count', { pages: 'many' }, {}],
    ['a member of a record', { data: [{ next_cursor: 'abc', total_pages: 3 }] }, {}],
  ] as const)('%s', (_, body, given) => {
    expect(guess(body as JsonValue, given)).toBeUndefined();
  });
});
