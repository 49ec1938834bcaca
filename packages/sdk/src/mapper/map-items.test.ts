import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppError, isAppError } from '@meltano/foundation/errors';
import type { JsonObject } from '@meltano/foundation/json';
import { type Log, silentLog } from '@meltano/foundation/log';
import { describe, expect, test } from 'vitest';
import { parseBatchConfig } from '../batch/batch-config.ts';
import { writeBatches } from '../batch/write-batches.ts';
import type { RecordItem, RecordsItem, SchemaItem } from '../connector.ts';
import { mapAll } from './map-all.ts';
import { openMapping } from './open-mapping.ts';

const clock = { now: () => 0, sleep: () => Promise.resolve() };

async function mappingOf(config: JsonObject, log: Log = silentLog) {
  const mapping = await openMapping({ config, clock, log });
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
    expect(await openMapping({ config, clock, log: silentLog })).toBeUndefined();
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

  test('are never passed on unmapped, also where they were not read before', async () => {
    const { map } = await mappingOf({ stream_maps: { users: { email: null } } });
    map(schema);
    expect(() => map(batch)).toThrow(expect.objectContaining({ code: 'mapper.batch' }));
  });

  test('are read when they are Parquet, too', async () => {
    const root = mkdtempSync(join(tmpdir(), 'mapped-parquet-'));
    try {
      const config = { encoding: { format: 'parquet' }, storage: { root } };
      const options = parseBatchConfig({ batch_config: config }, 'tap-x');
      if (options === undefined) throw new Error('no options');
      const given = async function* (): AsyncGenerator<RecordItem> {
        yield schema;
        yield { kind: 'records', stream: 'users', records: [{ id: 1, email: 'a' }, { id: 2 }], bytes: 10 };
      };
      const found: RecordItem[] = [];
      const mapping = await mappingOf({ stream_maps: { users: { mail: "record.get('email', 'none')" } } });
      for await (const item of mapAll(writeBatches(given(), options), mapping)) found.push(item);
      expect(found.map(({ kind }) => kind)).toEqual(['schema', 'records']);
      expect(found[1]).toMatchObject({ records: [{ mail: 'a' }, { mail: 'none' }] });
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test('are read where records are changed, in their place', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mapped-batches-'));
    try {
      const path = join(folder, 'a.jsonl');
      writeFileSync(path, '{"id":1,"email":"a"}\n{"id":2,"email":"b"}\n');
      const files: RecordItem = { kind: 'other', body: { type: 'BATCH', stream: 'users', filepath: path } };
      const state: RecordItem = { kind: 'state', value: {} };
      const mappedBy = async (map: JsonObject) => {
        const found: RecordItem[] = [];
        const given = async function* () {
          yield* [schema, files, state];
        };
        for await (const item of mapAll(given(), await mappingOf({ stream_maps: { users: map } })))
          found.push(item);
        return found.slice(1);
      };
      expect(await mappedBy({ email: null, twice: 'id * 2' })).toMatchObject([
        {
          kind: 'records',
          records: [
            { id: 1, twice: 2 },
            { id: 2, twice: 4 },
          ],
        },
        state,
      ]);
      expect(await mappedBy({ __alias__: 'people' })).toMatchObject([
        { kind: 'other', body: { stream: 'people', filepath: path } },
        state,
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
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

describe('a record for which an expression fails', () => {
  const rows = [
    { id: 1, email: '7' },
    { id: 2, email: 'private@example.org' },
    { id: 3, email: '9' },
  ];
  const mapped = async (config: JsonObject, map: JsonObject = { n: 'int(email)' }) => {
    const lines: string[] = [];
    const log: Log = { log: (level, text) => void lines.push(`${level}: ${text}`) };
    const mapping = await mappingOf({ stream_maps: { users: map }, ...config }, log);
    mapping.map(schema);
    const items = mapping.map(records(...rows, ...rows)) as readonly RecordsItem[];
    mapping.end();
    return { lines, found: items.flatMap((item) => item.records) };
  };

  test('ends the run unless the settings say otherwise', async () => {
    await expect(mapped({})).rejects.toMatchObject({ code: 'expression.failed' });
    await expect(mapped({ stream_map_errors: 'skip' })).rejects.toMatchObject({ code: 'config.invalid' });
  });

  test('is left out, counted and told of, without its values', async () => {
    const { found, lines } = await mapped({ stream_map_errors: 'refuse' });
    expect(found.map(({ id }) => id)).toEqual([1, 3, 1, 3]);
    expect(lines).toEqual([
      'warning: Stream users: The expression "int(email)" of stream_maps.users.n failed: the text is not an int; the record is left out, and others like it',
      'warning: Stream users: 2 records were left out, since stream_maps failed for them',
    ]);
  });

  test('has null for the property, and keeps the others', async () => {
    const { found, lines } = await mapped(
      { stream_map_errors: 'discard_value' },
      { n: 'int(email)', twice: 'id * 2' },
    );
    expect(found.map(({ n, twice }) => [n, twice]).slice(0, 3)).toEqual([
      [7, 2],
      [null, 4],
      [9, 6],
    ]);
    expect(lines.at(-1)).toBe(
      'warning: Stream users: 2 values became null, since stream_maps failed for them',
    );
  });

  test.each([
    ['a key', { id: 'int(email)' }],
    ['the filter', { __filter__: 'int(email) > 0' }],
  ])('is left out where %s would be null', async (_, map) => {
    const { found } = await mapped({ stream_map_errors: 'discard_value' }, map);
    expect(found.map(({ email }) => email)).toEqual(['7', '9', '7', '9']);
  });

  test.each(['refuse', 'discard_value'])('ends the run with %s when there are too many', async (policy) => {
    const config = { stream_map_errors: policy };
    await expect(mapped({ ...config, max_stream_map_errors: 1 })).rejects.toMatchObject({
      code: 'mapper.too_many_failures',
      message: expect.stringContaining('more than 1 records of stream users (max_stream_map_errors)'),
    });
    expect((await mapped({ ...config, max_stream_map_errors: 2 })).found).not.toEqual([]);
  });

  test('is not to blame for a mistake of the map', async () => {
    await expect(mapped({ stream_map_errors: 'refuse' }, { n: 'fake.email()' })).rejects.toMatchObject({
      code: 'mapper.no_faker',
    });
  });
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

test('an entry that is about no stream is told when it looks like a slip', async () => {
  const told: string[] = [];
  const log: Log = { log: (_level, event) => told.push(event) };
  const mapping = await mappingOf(
    { stream_maps: { user: { email: null }, orders: { total: null }, users: { at: null } } },
    log,
  );
  mapping.map(schema);
  mapping.end();
  expect(told).toEqual([
    "stream_maps has an entry for the stream 'user', which did not come: did you mean 'users'?",
  ]);
});
