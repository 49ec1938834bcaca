import { type AppError, isAppError } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import { describe, expect, test } from 'vitest';
import type { RecordItem, RecordsItem, SchemaItem } from '../connector.ts';
import { openMapping } from './open-mapping.ts';

const clock = { now: () => 0, sleep: () => Promise.resolve() };

async function mappingOf(config: JsonObject) {
  const mapping = await openMapping({ config, clock });
  if (mapping === undefined) throw new Error('nothing to map');
  return mapping;
}

const schema: SchemaItem = {
  kind: 'schema',
  stream: 'users',
  schema: {
    type: 'object',
    properties: { id: { type: 'integer' }, email: { type: 'string' }, at: { type: 'string' } },
  },
  keyProperties: ['id'],
  bookmarkProperties: ['at'],
  extra: { more: 1 },
};

const records = (...all: readonly JsonObject[]): RecordsItem => ({
  kind: 'records',
  stream: 'users',
  records: all,
  bytes: 100,
  timeExtracted: '2024-01-01T00:00:00Z',
  version: 3,
});

test('nothing is made where nothing is asked for', async () => {
  for (const config of [{}, { stream_maps: {} }, { flattening_enabled: false }, { flattening_max_depth: 2 }])
    expect(await openMapping({ config, clock })).toBeUndefined();
});

test('streams without a map pass as the very same items', async () => {
  const { map } = await mappingOf({ stream_maps: { others: { email: null } } });
  map(schema);
  const item = records({ id: 1 });
  expect(map(item)[0]).toBe(item);
});

test('an alias alone keeps the very same records', async () => {
  const { map } = await mappingOf({ stream_maps: { users: { __alias__: 'people' } } });
  map(schema);
  const item = records({ id: 1 });
  const [mapped] = map(item);
  expect(mapped).toMatchObject({ kind: 'records', stream: 'people' });
  expect((mapped as RecordsItem).records).toBe(item.records);
});

test('what stands beside schema and records stays', async () => {
  const { map } = await mappingOf({ stream_maps: { users: { email: null } } });
  expect(map(schema)).toMatchObject([
    { bookmarkProperties: ['at'], extra: { more: 1 }, keyProperties: ['id'] },
  ]);
  expect(map(records({ id: 1, email: 'e' }, { id: 2 }))).toEqual([{ ...records({ id: 1 }, { id: 2 }) }]);
});

test('a bookmark that is mapped away is none', async () => {
  const { map } = await mappingOf({ stream_maps: { users: { at: null } } });
  expect(map(schema)).toMatchObject([{ bookmarkProperties: [] }]);
});

test('a batch of which nothing is left is no item', async () => {
  const { map } = await mappingOf({ stream_maps: { users: { __filter__: 'id > 1' } } });
  map(schema);
  expect(map(records({ id: 1 }))).toEqual([]);
  expect(map(records({ id: 1 }, { id: 2 }))).toMatchObject([{ records: [{ id: 2 }], bytes: 50 }]);
});

test('the records of the tap are never changed, whatever an expression does to them', async () => {
  const { map } = await mappingOf({
    stream_maps: { users: { last: 'tags.pop()', n: "record.update({'id': 5})", tags: 'tags' } },
  });
  map(schema);
  const given = { id: 1, tags: ['a', 'b'] };
  expect(map(records(given))).toMatchObject([{ records: [{ id: 1, last: 'b', tags: ['a'] }] }]);
  expect(given).toEqual({ id: 1, tags: ['a', 'b'] });
});

test('a schema that comes again is mapped again', async () => {
  const { map } = await mappingOf({ stream_maps: { users: { copy: 'extra' } } });
  map(schema);
  const grown = { ...schema, schema: { type: 'object', properties: { id: {}, extra: { type: 'number' } } } };
  expect(map(grown)).toMatchObject([{ schema: { properties: { copy: { type: ['number', 'null'] } } } }]);
});

describe('files of records', () => {
  const batch: RecordItem = { kind: 'other', body: { type: 'BATCH', stream: 'users', manifest: ['f'] } };

  test('pass under the new name where records stay as they are', async () => {
    const { map } = await mappingOf({ stream_maps: { users: { __alias__: 'people' } } });
    map(schema);
    expect(map(batch)).toEqual([
      { kind: 'other', body: { type: 'BATCH', stream: 'people', manifest: ['f'] } },
    ]);
  });

  test('of a removed stream are removed', async () => {
    const { map } = await mappingOf({ stream_maps: { users: null } });
    map(schema);
    expect(map(batch)).toEqual([]);
  });

  test('are refused where records would have to be changed', async () => {
    const { map } = await mappingOf({ stream_maps: { users: { email: null } } });
    map(schema);
    expect(() => map(batch)).toThrow(expect.objectContaining({ code: 'mapper.batch' }));
  });
});

test('messages that nobody knows pass', async () => {
  const { map } = await mappingOf({ stream_maps: { users: null } });
  const other: RecordItem = { kind: 'other', body: { type: 'PULSE' } };
  expect(map(other)).toEqual([other]);
});

test('settings may come as text, as variables give them', async () => {
  const { map } = await mappingOf({ stream_maps: '{"users": null}', flattening_max_depth: '1' });
  expect(map(schema)).toEqual([]);
});

test('a failure names stream and property, and nothing of the record', async () => {
  const { map } = await mappingOf({ stream_maps: { users: { n: 'int(email)' } } });
  map(schema);
  const failure = caught(() => map(records({ id: 1, email: 'private@example.org' })));
  expect(failure.message).toBe(
    'The expression "int(email)" of stream_maps.users.n failed: the text is not an int',
  );
  expect(JSON.stringify(failure.details)).not.toContain('private');
});

function caught(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('nothing failed');
}
