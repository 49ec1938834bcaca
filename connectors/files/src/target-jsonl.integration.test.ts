import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JsonObject, type JsonValue, parseJson } from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import type { RecordItem } from '@meltano/sdk/connector';
import { registerChecks } from '@meltano/sdk/testing/check';
import { spawnProgram } from '@meltano/sdk/testing/spawn-program';
import { targetSuite } from '@meltano/sdk/testing/target-suite';
import { afterAll, describe, expect, test } from 'vitest';
import { targetJsonl } from './target-jsonl.ts';

const folder = mkdtempSync(join(tmpdir(), 'target-jsonl-'));
afterAll(() => rmSync(folder, { recursive: true }));
let number = 0;
const newFolder = () => join(folder, `${++number}`);

function lines(path: string): readonly JsonObject[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => parseJson(line) as JsonObject);
}

const appends = 'lines are added to a file, and none is replaced';

describe('target-jsonl', () => {
  const checks = targetSuite({
    target: targetJsonl,
    config: async () => ({ destination_path: newFolder(), batch_size_rows: 3 }),
    read: async (config, stream) => lines(join(config['destination_path'] as string, `${stream}.jsonl`)),
    keepsText: true,
    replaces: true,
  });
  registerChecks(checks, test, {
    idempotent: appends,
    'last-wins': appends,
    'missing-property': appends,
    'crash-at-every-step': appends,
  });
});

async function load(
  config: JsonObject,
  items: Iterable<RecordItem> | AsyncIterable<RecordItem>,
  more: { readonly continues?: boolean; readonly signal?: AbortSignal } = {},
): Promise<readonly JsonValue[]> {
  const states: JsonValue[] = [];
  const { signal = new AbortController().signal, ...rest } = more;
  const clock = { now: () => Date.UTC(2024, 0, 31, 12), sleep: () => new Promise<void>(() => {}) };
  const target = await targetJsonl.open({ config, log: silentLog, clock, signal, ...rest });
  const all = async function* () {
    yield* items;
  };
  await target.load(all(), { acknowledge: async (state) => void states.push(state) });
  await target.close();
  return states;
}

const schema = (stream = 't', more: Partial<RecordItem> = {}) =>
  ({
    kind: 'schema',
    stream,
    schema: { properties: { id: { type: 'integer' } } },
    keyProperties: ['id'],
    ...more,
  }) as RecordItem;
const records = (ids: readonly number[], stream = 't'): RecordItem => ({
  kind: 'records',
  stream,
  records: ids.map((id) => ({ id })),
  bytes: 10,
});
const state = (value: JsonValue): RecordItem => ({ kind: 'state', value });

describe('files', () => {
  test('are named after the stream, the time or a name of their own', async () => {
    const place = newFolder();
    const items = [schema(), records([1])];
    await load({ destination_path: place }, items);
    await load({ destination_path: place, do_timestamp_file: true }, items);
    await load({ destination_path: place, custom_name: 'all' }, [...items, schema('u'), records([2], 'u')]);
    expect(readdirSync(place).sort()).toEqual(['all.jsonl', 't-20240131T120000.jsonl', 't.jsonl']);
    expect(lines(join(place, 'all.jsonl'))).toHaveLength(2);
  });

  test('are not made for streams without records, and never outside of the folder', async () => {
    const place = newFolder();
    await load({ destination_path: place }, [schema('empty'), schema('../up'), records([1], '../up')]);
    expect(readdirSync(place)).toEqual(['.._up.jsonl']);
    await expect(load({ destination_path: place }, [schema('a/b'), schema('a_b')])).rejects.toMatchObject({
      code: 'files.name_clash',
    });
  });

  test('go on in a new line where a killed run left half of one', async () => {
    const place = newFolder();
    mkdirSync(place);
    writeFileSync(join(place, 't.jsonl'), '{"id":1}\n{"i');
    await load({ destination_path: place }, [schema(), records([2])]);
    expect(readFileSync(join(place, 't.jsonl'), 'utf8')).toBe('{"id":1}\n{"i\n{"id":2}\n');
  });

  test('that cannot be written end the run', async () => {
    const place = newFolder();
    writeFileSync(place, '');
    await expect(load({ destination_path: place }, [schema(), records([1]), state(1)])).rejects.toMatchObject(
      {
        code: 'files.not_writable',
      },
    );
  });
});

describe('overwrite', () => {
  const overwriting = (place: string) => ({ destination_path: place, load_method: 'overwrite' });

  test('replaces the file when all has come, also by an empty one, and acknowledges only then', async () => {
    const place = newFolder();
    const path = join(place, 't.jsonl');
    await load(overwriting(place), [schema(), records([1, 2])]);
    const seen: (readonly JsonObject[])[] = [];
    const items = async function* (): AsyncGenerator<RecordItem> {
      yield schema();
      yield records([3]);
      yield state(1);
      seen.push(lines(path));
      yield schema('t', { schema: { properties: {} } });
      yield records([4]);
      yield state(2);
    };
    expect(await load(overwriting(place), items())).toEqual([2]);
    expect(seen).toEqual([[{ id: 1 }, { id: 2 }]]);
    expect(lines(path)).toEqual([{ id: 3 }, { id: 4 }]);
    await load(overwriting(place), [schema()]);
    expect(readdirSync(place)).toEqual(['t.jsonl']);
    expect(lines(path)).toEqual([]);
  });

  test('leaves the file when the input breaks off or is stopped', async () => {
    const place = newFolder();
    await load(overwriting(place), [schema(), records([1])]);
    const breaks = async function* (): AsyncGenerator<RecordItem> {
      yield* [schema(), records([2]), state(1)];
      throw new Error('gone');
    };
    await expect(load(overwriting(place), breaks())).rejects.toThrow('gone');
    const items = [schema(), records([3]), state(1)];
    expect(await load(overwriting(place), items, { signal: AbortSignal.abort() })).toEqual([]);
    expect(readdirSync(place)).toEqual(['t.jsonl']);
    expect(lines(join(place, 't.jsonl'))).toEqual([{ id: 1 }]);
  });

  test('is refused for what is new only', async () => {
    const incremental = [schema('t', { bookmarkProperties: ['id'] } as Partial<RecordItem>), records([1])];
    const place = newFolder();
    await expect(load(overwriting(place), incremental)).rejects.toMatchObject({
      code: 'target.incremental_overwrite',
    });
    await load(overwriting(place), incremental, { continues: false });
    expect(lines(join(place, 't.jsonl'))).toHaveLength(1);
  });
});

test('is a program', async () => {
  const place = newFolder();
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ destination_path: place }));
  const run = spawnProgram(join(import.meta.dirname, '../bin/target-jsonl'), ['--config', config]);
  run.child.stdin.end(
    '{"type":"SCHEMA","stream":"t","schema":{"properties":{"n":{}}},"key_properties":[]}\n' +
      '{"type":"RECORD","stream":"t","record":{"n":12345678901234567890.10}}\n{"type":"STATE","value":{"a":1}}\n',
  );
  expect(await run.ended).toBe(0);
  expect(run.lines).toEqual(['{"a":1}']);
  expect(readFileSync(join(place, 't.jsonl'), 'utf8')).toBe('{"n":12345678901234567890.10}\n');
});

test.each(['append-only', 'overwrite'])(
  'writes more streams than a process may have files open (%s)',
  async (method) => {
    const place = newFolder();
    const config = join(folder, `${method}.json`);
    writeFileSync(config, JSON.stringify({ destination_path: place, load_method: method }));
    const limited = 'ulimit -n 256 && exec "$0" --config "$1"';
    const target = join(import.meta.dirname, '../bin/target-jsonl');
    const run = spawnProgram('/bin/sh', ['-c', limited, target, config]);
    const streams = Array.from({ length: 300 }, (_, at) => `s${at}`);
    const schemaOf = (stream: string) =>
      `{"type":"SCHEMA","stream":"${stream}","schema":{"properties":{"n":{}}},"key_properties":[]}`;
    const round = (n: number) =>
      streams.map((stream) => `{"type":"RECORD","stream":"${stream}","record":{"n":${n}}}`);
    const state = (n: number) => `{"type":"STATE","value":${n}}`;
    run.child.stdin.end([...streams.map(schemaOf), ...round(1), state(1), ...round(2), state(2)].join('\n'));
    expect(await run.ended).toBe(0);
    expect(run.lines.at(-1)).toBe('2');
    expect(readdirSync(place)).toHaveLength(300);
    for (const stream of streams) expect(lines(join(place, `${stream}.jsonl`))).toEqual([{ n: 1 }, { n: 2 }]);
  },
);
