// The native pair in one process on real files, judged by DuckDB's own readers.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { connectors as duckdb } from '@meltano/connector-duckdb';
import { connectors as files } from '@meltano/connector-files';
import type { JsonObject, JsonValue } from '@meltano/foundation/json';
import { silentLog } from '@meltano/foundation/log';
import type { Connector, Tap, Target } from '@meltano/sdk/connector';
import { systemClock } from '@meltano/sdk/host/system-clock';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'files-to-duckdb-'));
afterAll(() => rmSync(folder, { recursive: true }));
const data = join(import.meta.dirname, '../node_modules/vega-datasets/data');

function connector<K extends Connector['kind']>(kind: K, name: string): Extract<Connector, { kind: K }> {
  const found = { ...files, ...duckdb }[name];
  if (found?.kind !== kind) throw new Error(`${name} is not a ${kind}`);
  return found as Extract<Connector, { kind: K }>;
}

const target: Target = connector('target', 'target-duckdb');

async function run(tap: Tap, tapConfig: JsonObject, targetConfig: JsonObject): Promise<readonly JsonValue[]> {
  const context = { log: silentLog, clock: systemClock, signal: new AbortController().signal };
  const source = await tap.open({ ...context, config: tapConfig });
  const sink = await target.open({ ...context, config: targetConfig });
  const states: JsonValue[] = [];
  try {
    await sink.load(source.read('record'), { acknowledge: async (state) => void states.push(state) });
    return states;
  } finally {
    await source.close();
    await sink.close();
  }
}

async function query(path: string, sql: string): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const csvFiles = readdirSync(data).filter((name) => name.endsWith('.csv'));
const tableOf = (name: string) => name.replace('.csv', '').replaceAll('-', '_');

describe('CSV files', () => {
  const path = join(folder, 'csv.duckdb');
  const entries = csvFiles.map((name) => ({ entity: name.replace('.csv', ''), path: join(data, name) }));

  test('arrive as DuckDB itself reads them', async () => {
    expect(csvFiles.length).toBeGreaterThan(20);
    const [state] = await run(connector('tap', 'tap-csv'), { files: entries }, { path });
    expect(Object.keys((state as { bookmarks: JsonObject }).bookmarks)).toHaveLength(csvFiles.length);
    for (const name of csvFiles) {
      const theirs = `(FROM read_csv('${join(data, name)}', all_varchar = true, header = true, nullstr = '\\N', null_padding = false, strict_mode = true, parallel = false))`;
      const ours = `(FROM main."${tableOf(name)}")`;
      const [counts] = await query(
        path,
        `SELECT (SELECT count(*) FROM ${theirs})::INT AS theirs, (SELECT count(*) FROM ${ours})::INT AS ours,
          (SELECT count(*) FROM (${theirs} EXCEPT ALL ${ours}))::INT AS lost`,
      );
      expect(counts, name).toEqual({
        theirs: (counts as { ours: number }).ours,
        ours: expect.any(Number) as number,
        lost: 0,
      });
    }
  });

  test('loaded twice with a key are there once', async () => {
    const once = join(folder, 'once.duckdb');
    const config = { files: [{ entity: 'airports', path: join(data, 'airports.csv'), keys: ['iata'] }] };
    await run(connector('tap', 'tap-csv'), config, { path: once });
    await run(connector('tap', 'tap-csv'), config, { path: once });
    expect(
      await query(once, 'SELECT count(*)::INT AS n, count(DISTINCT iata)::INT AS keys FROM airports'),
    ).toEqual([{ n: 3376, keys: 3376 }]);
  });
});

test('JSON arrays arrive as DuckDB itself reads them', async () => {
  const path = join(folder, 'json.duckdb');
  const names = ['cars', 'movies', 'penguins', 'countries', 'flights-2k'];
  const entries = names.map((name) => ({ entity: name, path: join(data, `${name}.json`) }));
  await run(connector('tap', 'tap-jsonl'), { files: entries }, { path });
  for (const { entity, path: file } of entries) {
    const table = entity.replaceAll('-', '_');
    const [counts] = await query(
      path,
      `SELECT (SELECT count(*) FROM read_json('${file}'))::INT AS n, (SELECT count(*) FROM "${table}")::INT AS ours`,
    );
    expect(counts, entity).toEqual({
      n: (counts as { ours: number }).ours,
      ours: expect.any(Number) as number,
    });
  }
  const [sums] = await query(
    path,
    `SELECT (SELECT sum("imdb votes") FROM movies)::TEXT AS ours, (SELECT sum("IMDB Votes") FROM read_json('${join(data, 'movies.json')}'))::TEXT AS theirs`,
  );
  expect((sums as { ours: string }).ours).toBe((sums as { theirs: string }).theirs);
});
