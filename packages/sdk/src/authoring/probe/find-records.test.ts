import { describe, expect, it } from 'vitest';
import { findKey, findRecords, findReplicationKey } from './find-records.ts';

describe('where records are', () => {
  it.each([
    ['the body is the list', [{ id: 1 }], undefined, 1],
    ['a list in it', { meta: {}, data: [{ id: 1 }, { id: 2 }] }, '$.data[*]', 2],
    ['the longest of several', { errors: [{ a: 1 }], items: [{ id: 1 }, { id: 2 }] }, '$.items[*]', 2],
    ['the nearest of equals', { b: { rows: [{ id: 1 }] }, a: [{ id: 2 }] }, '$.a[*]', 1],
    ['deep inside', { data: { users: { nodes: [{ id: 1 }] } } }, '$.data.users.nodes[*]', 1],
    ['not inside of a record', [{ id: 1, tags: [{ a: 1 }, { a: 2 }, { a: 3 }] }], undefined, 1],
    ['one object', { id: 1, name: 'x' }, undefined, 1],
  ])('%s', (_, body, path, count) => {
    const found = findRecords(body);
    expect([found?.path, found?.records.length]).toEqual([path, count]);
  });

  it.each([
    ['an empty list', []],
    ['a list of texts', ['a']],
    ['nothing', null],
    ['an empty object', {}],
  ])('none in %s', (_, body) => {
    expect(findRecords(body)).toBeUndefined();
  });
});

describe('the key', () => {
  it('is what has a likely name and differs in all records', () => {
    expect(
      findKey([
        { name: 'a', id: 1 },
        { name: 'b', id: 2 },
      ]),
    ).toBe('id');
    expect(
      findKey([
        { id: 1, order_id: 'a' },
        { id: 1, order_id: 'b' },
      ]),
    ).toBe('order_id');
  });

  it.each([
    ['repeats', [{ id: 1 }, { id: 1 }]],
    ['is missing in one', [{ id: 1 }, {}]],
    ['is no plain value', [{ id: { a: 1 } }, { id: { a: 2 } }]],
    ['has another name', [{ name: 'a' }, { name: 'b' }]],
  ])('is not what %s', (_, records) => {
    expect(findKey(records)).toBeUndefined();
  });
});

describe('the replication key', () => {
  it.each(['updated_at', 'updatedAt', 'modified', 'last_modified_date', 'lastModified'])(
    'may be %s',
    (name) => {
      expect(findReplicationKey([{ id: 1, [name]: '2024-01-01T00:00:00Z' }])).toBe(name);
    },
  );

  it.each([
    ['the time of the creation', [{ created_at: '2024-01-01T00:00:00Z' }]],
    ['a day without a time', [{ updated_at: '2024-01-01' }]],
    ['missing in a record', [{ updated_at: '2024-01-01T00:00:00Z' }, {}]],
    ['a name', [{ updated_by: '2024-01-01T00:00:00Z' }]],
  ])('is not %s', (_, records) => {
    expect(findReplicationKey(records)).toBeUndefined();
  });
});
