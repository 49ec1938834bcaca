import type { JsonObject } from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import { expect, test } from 'vitest';
import { defineConfig } from '../config/config.ts';
import { setting } from '../config/setting.ts';
import { s } from '../schema/schema.ts';
import { createTestClock } from '../testing/test-clock.ts';
import { defineTap } from './define-tap.ts';
import { defineStream, type Stream, type StreamContext, type StreamDefinition } from './stream.ts';

const row = s.of<JsonObject>({
  type: 'object',
  properties: { id: { type: 'integer' }, at: { type: ['string', 'null'], format: 'date' } },
});

const config = defineConfig({ start_date: setting.date({ label: 'Start', description: 'Start' }) });

/** A stream that says what it was read with. */
function watched(name: string, seen: unknown[], more: Partial<StreamDefinition<JsonObject>>): Stream {
  return defineStream<JsonObject>({
    name,
    schema: row,
    keys: ['id'],
    records({ partition, start, end }: StreamContext) {
      seen.push({
        ...partition,
        ...(start === undefined ? {} : { start }),
        ...(end === undefined ? {} : { end }),
      });
      return [{ id: 1 }, { id: 2 }];
    },
    ...more,
  });
}

async function readAll(streams: readonly Stream[], take = Number.POSITIVE_INFINITY) {
  const stop = new AbortController();
  const tap = defineTap({ name: 'tap-x', label: 'X', description: 'X', version: '1.0.0', config, streams });
  const open = await tap.open({
    config: { start_date: '2024-01-01' },
    log: silentLog,
    clock: createTestClock('2024-01-05T00:00:00Z'),
    signal: stop.signal,
  } as never);
  let count = 0;
  for await (const item of open.read('record')) {
    if (item.kind === 'records') count += 1;
    if (count >= take) stop.abort();
  }
}

test('partitions are combined with those that come from parents; a function is asked once', async () => {
  const seen: unknown[] = [];
  let asked = 0;
  const partitions = async () => {
    asked += 1;
    return [{ kind: 'a' }, { kind: 'b' }];
  };
  const parents = [{ stream: 'teams', partition: ({ id }: JsonObject) => ({ team: id ?? null }) }];
  await readAll([watched('teams', [], {}), watched('items', seen, { parents, partitions })]);
  expect(seen).toEqual([
    { team: 1, kind: 'a' },
    { team: 1, kind: 'b' },
    { team: 2, kind: 'a' },
    { team: 2, kind: 'b' },
  ]);
  expect(asked).toBe(1);
});

test('partitions are made while they are read', async () => {
  let made = 0;
  const partitions = {
    *[Symbol.iterator]() {
      for (let number = 1; number <= 1_000_000; number += 1) {
        made = number;
        yield { number };
      }
    },
  };
  const seen: unknown[] = [];
  const records = () => {
    seen.push(made);
    return seen.length < 3 ? [{ id: made }] : Array.from({ length: 2_000 }, (_, id) => ({ id }));
  };
  await readAll([watched('items', [], { partitions, records })], 1);
  expect(made).toBeLessThan(100);
});

test('read whole, a stream begins anywhere, or at its start date and in its windows', async () => {
  const windows = 2 * 86_400_000;
  const parents = [{ stream: 'teams', allRecords: true, partition: () => ({ a: 1 }) }];
  const child = watched('items', [], { parents });
  const wholly: unknown[] = [];
  await readAll([watched('teams', wholly, { replicationKey: 'at', windows }), child]);
  expect(wholly).toEqual([{}]);
  const bounded: unknown[] = [];
  await readAll([watched('teams', bounded, { replicationKey: 'at', windows, startWhenWhole: true }), child]);
  expect(bounded).toEqual([
    { start: '2024-01-01', end: '2024-01-03' },
    { start: '2024-01-03', end: '2024-01-05' },
  ]);
});
