import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { systemClock } from '../host/system-clock.ts';
import { s } from '../schema/schema.ts';
import { defineTap } from './define-tap.ts';
import { defineStream } from './stream.ts';

/** What the log says of one stream with these records. */
async function linesOf(records: readonly JsonObject[], bookmark?: JsonValue): Promise<readonly string[]> {
  const lines: string[] = [];
  const stream = defineStream({
    name: 'rows',
    schema: s.of<JsonObject>({
      properties: {
        id: {},
        at: { type: ['string', 'null'], format: 'date-time' },
        user: { type: 'object', properties: { id: {} } },
      },
    }),
    replicationKey: 'at',
    records: () => [records],
  });
  const open = await defineTap({
    name: 'tap-x',
    label: 'X',
    description: 'Reads X',
    version: '1.0.0',
    config: defineConfig({}),
    streams: [stream],
  }).open({
    config: {},
    log: { log: (level, text) => void lines.push(`${level}: ${text}`) },
    clock: systemClock,
    signal: new AbortController().signal,
    ...(bookmark === undefined
      ? {}
      : {
          state: {
            bookmarks: {
              rows:
                typeof bookmark === 'string'
                  ? { replication_key: 'at', replication_key_value: bookmark }
                  : bookmark,
            },
          },
        }),
  });
  for await (const _ of open.read('record'));
  await open.close();
  return lines;
}

const at = '2024-01-01T00:00:00Z';

test('what the schema does not have is told of, at the top by name, inside of objects in one line', async () => {
  const user = { id: 1, a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 };
  expect(await linesOf([{ id: 1, at, 'x.y': 1, user }])).toEqual([
    'warning: "x.y" is not in the schema of the stream and was left out',
    'info: Inside of "user" the schema of the stream does not have a, b, c, d, e and 1 more: left out',
  ]);
});

test('values of the replication key that are no times are counted', async () => {
  const [line, ...more] = await linesOf([{ at: '2024/01/01' }, { at }, { at: null }]);
  expect(line).toContain(
    'warning: 1 of 3 records hold something in "at", the replication key, that is no time',
  );
  expect(more).toEqual([]);
});

test('a bookmark that lies in the future is told of', async () => {
  expect(await linesOf([{ at }], '2999-01-01T00:00:00Z')).toEqual([
    'warning: The bookmark of stream rows lies in the future: records before it are left out until then; correct it with `meltano state edit`',
  ]);
  expect(await linesOf([{ at }], at)).toEqual([]);
});

test('a stream in which no record has the replication key is told of, one in which some have it is not', async () => {
  expect(await linesOf([{ id: 1 }, { id: 2, at: null }])).toEqual([
    'warning: None of 2 records has a value in "at", the replication key, so that the next run begins anew',
  ]);
  expect(await linesOf([{ id: 1 }, { id: 2, at }])).toEqual([]);
  expect(await linesOf([])).toEqual([]);
});

test.each<[JsonValue]>([
  [{ at }],
  [{ replication_key: 'id', replication_key_value: 5 }],
  [{ replication_key: 'at', replication_key_value: {} }],
  [5],
  [[]],
])('a state that holds %j for the stream is told of', async (bookmark) => {
  const [line, ...more] = await linesOf([{ at }], bookmark);
  expect(line).toContain('warning: The state of stream rows holds no bookmark of "at"');
  expect(more).toEqual([]);
});

test.each<[JsonValue]>([
  [null],
  [{}],
  [{ replication_key: 'at', replication_key_value: null }],
  [{ replication_key: 'id', replication_key_value: null }],
  [{ starting_replication_value: null, partitions: [] }],
  [{ behind_parent: true }],
])('one that holds %j is not', async (bookmark) => {
  expect(await linesOf([{ at }], bookmark)).toEqual([]);
});
