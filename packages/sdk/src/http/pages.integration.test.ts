import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import type { RecordItem } from '../connector.ts';
import { s } from '../schema/schema.ts';
import type { Received } from '../testing/api-server.ts';
import { afterLastRecord, cursorPages, offsets, pageNumbers } from './paginate.ts';
import { rest } from './rest.ts';
import { useRestReader } from './rest-reader.test.support.ts';

const read = useRestReader();

const list = (from: number, to: number): JsonValue =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => ({ id: from + at }));
const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('the end of pages', () => {
  const size = { param: 'per', value: 4 };

  test('is not where a filter in the path leaves few, or nothing, of a full page', async () => {
    const records = '$.data[?@.active==true]';
    const answer = ({ query }: Received) => {
      const at = Number(query.get('page') ?? Number(query.get('skip')) / 4 + 1);
      const count = at < 3 ? 4 : at === 3 ? 1 : 0;
      // The second page has none that is wanted.
      return {
        json: { data: numbers(count).map((n) => ({ id: at * 10 + n, active: at !== 2 && n === 0 })) },
      };
    };
    const paged = await read({ records, paginate: pageNumbers({ param: 'page', size }) }, answer);
    expect(paged.ids).toEqual([10, 30]);
    const offset = await read({ records, paginate: offsets({ param: 'skip', size }) }, answer);
    expect(offset.ids).toEqual([10, 30]);
    expect(offset.received.map(({ query }) => query.get('skip'))).toEqual(['0', '4', '8', '9']);
  });

  test('is not where an API gives less than is asked for', async () => {
    const cap = (start: number) => ({ json: list(start, Math.min(start + 2, 5)) });
    const paged = await read({ paginate: pageNumbers({ param: 'page', size }) }, ({ query }) =>
      cap((Number(query.get('page')) - 1) * 2),
    );
    expect(paged.ids).toEqual([0, 1, 2, 3, 4]);
    expect(paged.received).toHaveLength(4);
    const offset = await read({ paginate: offsets({ param: 'skip', size }) }, ({ query }) =>
      cap(Number(query.get('skip'))),
    );
    expect(offset.ids).toEqual([0, 1, 2, 3, 4]);
    expect(offset.received).toHaveLength(4);
  });

  test('is not where an API leaves out what one may not see', async () => {
    // Of the second page one record is hidden.
    const { ids } = await read({ paginate: pageNumbers({ param: 'page', size }) }, ({ query }) => {
      const at = Number(query.get('page'));
      return { json: at > 3 ? [] : list(at * 10, at * 10 + (at === 2 ? 3 : 4)) };
    });
    expect(ids).toHaveLength(11);
    expect(ids.at(-1)).toBe(33);
  });

  test('is a short page where the API has none after it, and no fault after a full one', async () => {
    const until = (count: number) => (request: Received) => {
      const at = (Number(request.query.get('page')) - 1) * 4;
      return at < count
        ? { json: list(at, Math.min(at + 4, count)) }
        : { status: 404, json: { detail: 'x' } };
    };
    const paginate = pageNumbers({ param: 'page', size });
    for (const onError of [[], [{ status: 404, action: 'skip' }] as const]) {
      const { ids, lines } = await read({ paginate, onError, replicationKey: 'id' }, until(6));
      expect(ids).toEqual([0, 1, 2, 3, 4, 5]);
      expect(lines.filter((line) => line.startsWith('warning'))).toEqual([]);
    }
    const { error } = await read({ paginate }, until(8));
    expect(error).toMatchObject({ message: expect.stringContaining('HTTP 404') });
    const inside = (request: Received) => {
      const reply = until(8)(request);
      return reply.status === 404 ? reply : { json: { results: reply.json } };
    };
    const onError = [{ status: 404, body: /detail/, action: 'accept' }] as const;
    const { ids } = await read({ paginate, onError, records: '$.results' }, inside);
    expect(ids).toHaveLength(8);
  });

  test('is a short page that the API gives once more for every number behind it', async () => {
    const paginate = pageNumbers({ param: 'page', size });
    const clamped = await read({ paginate }, ({ query }) => ({
      json: Number(query.get('page')) > 1 ? list(4, 6) : list(0, 4),
    }));
    expect([clamped.error, clamped.ids, clamped.received.length]).toEqual([undefined, [0, 1, 2, 3, 4, 5], 3]);
    const unpaged = await read({ paginate }, () => ({ json: list(0, 3) }));
    expect([unpaged.error, unpaged.ids]).toEqual([undefined, [0, 1, 2]]);
  });

  test('is the first page that is short where the API is known to fill them', async () => {
    const answer = ({ query }: Received) => ({ json: query.get('page') === '1' ? list(0, 3) : [] });
    const careful = await read({ paginate: pageNumbers({ param: 'page', size }) }, answer);
    expect([careful.ids, careful.received.length]).toEqual([[0, 1, 2], 2]);
    const sure = await read({ paginate: pageNumbers({ param: 'page', size, exactSize: true }) }, answer);
    expect([sure.ids, sure.received.length]).toEqual([[0, 1, 2], 1]);
  });
});

describe('what says whether there is more', () => {
  const size = { param: 'per', value: 1 };
  const paginators = [
    cursorPages({ from: '$.next', param: 'page', more: '$.more' }),
    afterLastRecord({ from: 'id', param: 'page', more: '$.more' }),
    pageNumbers({ param: 'page', more: '$.more' }),
    offsets({ param: 'page', size, start: 1, more: '$.more' }),
  ];
  const pages = (more: (number: number) => JsonObject) => (request: Received) => {
    const number = Number(request.query.get('page') ?? 0) + (request.query.get('page') === null ? 1 : 0);
    return { json: { data: number > 2 ? [] : [{ id: number + 1 }], next: number + 1, ...more(number) } };
  };

  test.each<[string, JsonValue, JsonValue]>([
    ['a flag', true, false],
    ['a text', 'True', 'False'],
    ['a number that is left', 7, 0],
    ['a number that is a text', '7', '0'],
    ['null', 'https://x.io/2', null],
  ])('may be %s', async (_, yes, no) => {
    for (const paginate of paginators) {
      const answer = pages((number) => ({ more: number === 1 ? yes : no }));
      const { ids, received } = await read({ records: '$.data', paginate }, answer);
      expect([ids, received.length]).toEqual([[2, 3], 2]);
    }
  });

  test('does not end a stream where it is not to be found', async () => {
    for (const paginate of paginators.slice(1)) {
      const { ids } = await read(
        { records: '$.data', paginate },
        pages(() => ({})),
      );
      expect(ids).toEqual([2, 3]);
    }
  });
});

describe('an empty page', () => {
  const number = ({ query }: Received) => Number(query.get('page') ?? Number(query.get('skip')) + 1);
  /** Records on the first and the third of three pages: those of the second were left out for all of it. */
  const gap = (request: Received) => {
    const at = number(request);
    return { json: { data: at === 2 || at > 3 ? [] : [{ id: at }], more: at < 3, pages: 3, total: 3 } };
  };
  const records = '$.data';
  const size = { param: 'per', value: 1 };

  test.each([
    ['more', pageNumbers({ param: 'page', more: '$.more' })],
    ['more, with a size', pageNumbers({ param: 'page', size, more: '$.more' })],
    ['the number of pages', pageNumbers({ param: 'page', pages: '$.pages' })],
    ['more, of offsets', offsets({ param: 'skip', size, more: '$.more' })],
    ['the number of records', offsets({ param: 'skip', size, total: '$.total' })],
  ])('is not the end where the API says otherwise: %s', async (_, paginate) => {
    const { ids, received } = await read({ records, paginate }, gap);
    expect([ids, received.length]).toEqual([[1, 3], 3]);
  });

  test('is the end where the API says nothing', async () => {
    const mute = (request: Received) => ({ json: { data: gap(request).json.data } });
    for (const paginate of [
      pageNumbers({ param: 'page' }),
      pageNumbers({ param: 'page', pages: '$.pages' }),
      offsets({ param: 'skip', size, total: '$.total' }),
    ])
      expect((await read({ records, paginate }, mute)).ids).toEqual([1]);
  });

  test('after a thousand others is one too many', async () => {
    const paginate = cursorPages({ from: '$.next', param: 'c' });
    const { error, lines, received } = await read({ records, paginate }, (_, count) => ({
      json: { data: count === 1 ? [{ id: 1 }] : [], next: count },
    }));
    expect(error).toMatchObject({
      code: 'http.pagination_loop',
      message: '/rows has given no records for 1000 pages in a row, though it leads to another each time',
    });
    expect(lines).toContain('info: /rows: 100 pages in a row without records, and another is to come');
    expect(received.length).toBeLessThan(1_010);
  });
});

describe('the same page again and again', () => {
  test.each([
    ['one that ignores the number', pageNumbers({ param: 'page' }), () => null],
    ['a cursor that grows', cursorPages({ from: '$.next', param: 'c' }), (count: number) => count],
  ])('ends the stream with an error: %s', async (_, paginate, next) => {
    const { error, received } = await read({ records: '$.data', paginate }, (_request, count) => ({
      json: { data: list(0, 3), next: next(count) },
    }));
    expect(error).toMatchObject({
      code: 'http.pagination_loop',
      message: 'Page 3 of /rows is the same as page 2, though another was asked for',
    });
    expect(received).toHaveLength(3);
  });

  test('is not told by its ends alone', async () => {
    const { ids, error } = await read(
      { records: '$.data', paginate: pageNumbers({ param: 'page' }) },
      (_, count) => ({
        json: { data: count > 4 ? [] : [{ id: 0 }, { id: count }, { id: 9 }] },
      }),
    );
    expect([error, ids.length]).toEqual([undefined, 12]);
  });
});

describe('an answer that lacks the member of the records', () => {
  const failing = { error: 'out of credit', code: 17 };

  test('is an error, which names the members and no values', async () => {
    const { error } = await read({ records: '$.data.rows[*]' }, () => ({ json: failing }));
    expect(error).toMatchObject({
      code: 'http.no_records',
      message:
        '/rows answers without "data", where the records should be: there is an object with "error", "code"',
      hint: expect.stringContaining('absentIsEmpty') as string,
    });
    const listed = await read({ records: '$["data"]' }, () => ({ json: [1] }));
    expect(listed.error).toMatchObject({ message: expect.stringContaining('there is a list') as string });
  });

  test('has none where the tap says so, or where they are null or empty', async () => {
    const absent = await read({ records: '$.data', absentIsEmpty: true }, () => ({ json: {} }));
    expect([absent.error, absent.ids]).toEqual([undefined, []]);
    const ruled = await read({ records: '$.data', onError: [{ status: 404, action: 'accept' }] }, () => ({
      status: 404,
      json: failing,
    }));
    expect(ruled.error).toBeUndefined();
    for (const json of [{ data: null }, { data: [] }, { data: '' }, null]) {
      const none = await read({ records: '$.data.rows' }, () => ({
        json: json === null ? null : { ...json },
      }));
      expect([none.error, none.ids]).toEqual([undefined, []]);
    }
    const nothing = await read({ records: '$.data' }, () => ({ json: { data: null } }));
    expect([nothing.error, nothing.ids]).toEqual([undefined, []]);
  });
});

describe('a rule that leaves something out', () => {
  const at = s.of<JsonObject>({
    type: 'object',
    properties: { id: {}, user_id: {}, at: { type: ['string'], format: 'date-time' } },
  });
  const bookmarks = (items: readonly RecordItem[]) => {
    const last = items.findLast((item) => item.kind === 'state');
    return last?.kind === 'state' ? (last.value as JsonObject)['bookmarks'] : undefined;
  };
  const day = (n: number) => `2023-12-0${n}T00:00:00Z`;
  const incremental = (action: 'skip' | 'stop') => ({
    schema: at,
    replicationKey: 'at',
    path: '/{user_id}',
    partitions: [{ user_id: 1 }, { user_id: 2 }],
    paginate: pageNumbers({ param: 'page' }),
    onError: [{ status: 403 as const, action }],
  });
  /** The second page of user 1 may not be seen. */
  const answer = ({ url, query }: Received) => {
    const page = Number(query.get('page'));
    if (url.startsWith('/1') && page === 2) return { status: 403 };
    return { json: page > 2 ? [] : [{ id: page, at: day(page) }] };
  };
  const state = (items: readonly RecordItem[]) =>
    (bookmarks(items) as { rows?: JsonObject } | undefined)?.rows;

  test('keeps the bookmark of a partition before what was not read', async () => {
    const { items, ids, lines } = await read(incremental('skip'), answer);
    expect(ids).toEqual([1, 1, 2]);
    expect(state(items)).toEqual({
      partitions: [
        expect.objectContaining({ context: { user_id: 2 }, replication_key_value: day(2) }) as unknown,
      ],
    });
    expect(lines).toContain('warning: GET /{user_id}: HTTP 403, it is left out at page 2 of {"user_id":1}');
    const stopped = await read(incremental('stop'), answer);
    expect([stopped.ids, state(stopped.items)]).toEqual([[1], undefined]);
  });

  test('of a sorted stream keeps it after the last record that was read', async () => {
    const { items } = await read({ ...incremental('skip'), sorted: true }, answer);
    expect(state(items)).toMatchObject({
      partitions: [{ replication_key_value: day(1) }, { replication_key_value: day(2) }],
    });
  });

  test('keeps what partitions share', async () => {
    const { items } = await read({ ...incremental('skip'), stateKeys: [] }, answer);
    expect(state(items)).not.toHaveProperty('replication_key_value');
    // Of what cannot be read at all nothing is missed.
    const { items: others } = await read({ ...incremental('skip'), stateKeys: [] }, (request) =>
      request.url.startsWith('/1') ? { status: 403 } : answer(request),
    );
    expect(state(others)).toMatchObject({ replication_key_value: day(2) });
  });

  test('keeps the bookmark before a window, names it, and reads the next', async () => {
    const bookmark = { replication_key: 'at', replication_key_value: '2023-12-29T00:00:00.000Z' };
    const { items, received, lines } = await read(
      {
        schema: at,
        replicationKey: 'at',
        windows: 86_400_000,
        since: 'from',
        onError: [{ status: 403, action: 'skip' }],
      },
      ({ query }) =>
        query.get('from') === '2023-12-30T00:00:00.000Z'
          ? { status: 403 }
          : { json: [{ id: 1, at: String(query.get('from')) }] },
      { context: { state: { bookmarks: { rows: bookmark } } } },
    );
    expect(received).toHaveLength(3);
    expect(state(items)).toMatchObject({ replication_key_value: '2023-12-30T00:00:00.000Z' });
    expect(lines.join('\n')).toContain(
      'it is left out at page 1, from 2023-12-30T00:00:00.000Z to 2023-12-31T00:00:00.000Z',
    );
  });
});

describe('a value in a path', () => {
  const users = (name: JsonValue) => ({
    more: {
      users: rest({ path: '/users', schema: s.of<JsonObject>({ type: 'object', properties: { name: {} } }) }),
    },
    answer: ({ url }: Received) => ({ json: url === '/users' ? [{ name }] : [{ id: 7 }] }),
  });

  test('stays one segment of it, unless slashes are asked for', async () => {
    const { more, answer } = users('a/b?c');
    const one = await read({ path: '/users/{users.name}/rows' }, answer, { more });
    expect(one.received[1]?.url).toBe('/users/a%2Fb%3Fc/rows');
    const raw = await read({ path: '/users/{+users.name}/rows' }, answer, { more });
    expect(raw.received[1]?.url).toBe('/users/a/b%3Fc/rows');
  });

  test.each(['..', '.', ''])('that would lead elsewhere is refused: %j', async (name) => {
    const { more, answer } = users(name);
    const { error, received } = await read({ path: '/users/{users.name}/rows' }, answer, { more });
    expect(received).toHaveLength(1);
    expect(error).toMatchObject({
      code: 'http.unusable_path',
      message: expect.stringContaining(
        `"users_name", users.name of its parent, is ${JSON.stringify(name)}`,
      ) as string,
    });
  });

  test.each(['../../admin', 'a/../b', 'a//b'])(
    'is refused also where slashes are asked for: %j',
    async (name) => {
      const { more, answer } = users(name);
      const { error, received } = await read({ path: '/users/{+users.name}/rows' }, answer, { more });
      expect([(error as { code?: string }).code, received.length]).toEqual(['http.unusable_path', 1]);
    },
  );

  test.each(['/users/../rows', '/users/%2E%2e/rows', '/users//rows'])(
    'that a template made: %s',
    async (address) => {
      const { error, received } = await read({ path: '/users/x/rows', address: () => address }, () => ({
        json: [],
      }));
      expect([(error as { code?: string }).code, received.length]).toEqual(['http.unusable_path', 0]);
    },
  );
});

test('a child that fails names itself and the parent’s record', async () => {
  const { error } = await read(
    { path: '/users/{users.id}/rows' },
    ({ url }) => (url === '/users' ? { json: [{ id: 7 }] } : { status: 404 }),
    {
      more: {
        users: rest({ path: '/users', schema: s.of<JsonObject>({ type: 'object', properties: { id: {} } }) }),
      },
    },
  );
  expect(error).toMatchObject({
    code: 'http.refused',
    message: 'Stream rows of {"users_id":7} failed: GET /users/{users.id}/rows: HTTP 404',
    details: { stream: 'rows', partition: { users_id: 7 }, status: 404 },
  });
});
