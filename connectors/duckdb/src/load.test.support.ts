import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@meltano/foundation/clock';
import type { ExactNumber, JsonObject, JsonValue } from '@meltano/foundation/json';
import { type Log, silentLog } from '@meltano/foundation/log';
import type { LoadNotice, LoadReport, RecordItem } from '@meltano/sdk/connector';
import { afterAll } from 'vitest';
import { targetDuckdb } from './target-duckdb.ts';

export const folder = mkdtempSync(join(tmpdir(), 'duckdb-'));
afterAll(() => rmSync(folder, { recursive: true }));

let number = 0;
export const newPath = () => join(folder, `methods-${++number}.duckdb`);

interface Loaded {
  readonly states: readonly JsonValue[];
  readonly notices: readonly LoadNotice[];
  readonly report: LoadReport;
}

interface LoadWorld {
  readonly fullRefresh?: boolean;
  readonly continues?: boolean;
  readonly log?: Log;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  onState?(state: JsonValue): Promise<void>;
}

/** Loads items into target-duckdb in this process. */
export async function load(
  config: JsonObject,
  items: AsyncIterable<RecordItem> | Iterable<RecordItem>,
  world: LoadWorld = {},
): Promise<Loaded> {
  const states: JsonValue[] = [];
  const notices: LoadNotice[] = [];
  const clock = world.clock ?? { now: () => Date.UTC(2024, 0, 1), sleep: () => new Promise<void>(() => {}) };
  const signal = world.signal ?? new AbortController().signal;
  const { log = silentLog, fullRefresh = false } = world;
  const { continues } = world;
  const target = await targetDuckdb.open({
    config,
    log,
    clock,
    signal,
    fullRefresh,
    ...(continues === undefined ? {} : { continues }),
  });
  try {
    const report = await target.load(each(items), {
      async acknowledge(state) {
        states.push(state);
        await world.onState?.(state);
      },
      notice: (notice) => notices.push(notice),
    });
    return { states, notices, report };
  } finally {
    await target.close();
  }
}

async function* each(items: AsyncIterable<RecordItem> | Iterable<RecordItem>): AsyncGenerator<RecordItem> {
  yield* items;
}

export function schema(
  properties: JsonObject,
  keyProperties: readonly string[] = ['id'],
  stream = 't',
): RecordItem {
  return {
    kind: 'schema',
    stream,
    schema: { properties: { id: { type: 'integer' }, ...properties } },
    keyProperties,
  };
}

export function records(
  rows: readonly JsonObject[],
  more: { readonly version?: number; readonly stream?: string; readonly timeExtracted?: string } = {},
): RecordItem {
  return { kind: 'records', stream: 't', records: rows, bytes: 100, ...more };
}

export const state = (value: JsonValue): RecordItem => ({ kind: 'state', value });
export const text = { type: ['string', 'null'] };
export const ids = (rows: readonly JsonObject[]) =>
  rows.map((row) => Number(row['id'] as ExactNumber)).sort((a, b) => a - b);
