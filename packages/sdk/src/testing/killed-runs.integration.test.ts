import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiServer, type Received, startApiServer } from './api-server.ts';
import { assertSurvivesKills, type KilledRunsOptions } from './killed-runs.ts';

const days = 30;
const perDay = 1_000;
const from = Date.now() - days * 86_400_000;
const all = Array.from({ length: days * perDay }, (_, id) => ({
  id,
  parent: Math.floor(id / perDay),
  at: new Date(from + id * 86_400).toISOString(),
}));

/** All rows in their order, those of a parent, or those of a time; in pages. */
function answer({ url, query }: Received) {
  if (url === '/parents') return { json: Array.from({ length: days }, (_, id) => ({ id })) };
  const [since, until] = [query.get('since') ?? '', query.get('until') ?? '9'];
  const [page, size] = [Number(query.get('page')), Number(query.get('size'))];
  const parent = query.get('parent');
  const found = all.filter(
    (row) => row.at >= since && row.at < until && (parent === null || row.parent === Number(parent)),
  );
  return { json: found.slice((page - 1) * size, page * size) };
}

let server: ApiServer;
const folder = mkdtempSync(join(tmpdir(), 'killed-runs-'));
beforeAll(async () => {
  server = await startApiServer(answer);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

function options(kind: string, env: Readonly<Record<string, string>> = {}): KilledRunsOptions {
  const path = join(folder, `${kind}.json`);
  writeFileSync(path, JSON.stringify({ url: server.url, kind, start_date: new Date(from).toISOString() }));
  const program = join(import.meta.dirname, 'tap-slow.test.support.ts');
  return {
    command: process.execPath,
    args: ['--conditions=meltano-source', program, '--config', path],
    env,
  };
}

/** Points at which to kill that are the same in every run of this test, and none in the last fifth. */
function seeded(seed: number): () => number {
  let value = seed;
  return () => {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (0.8 * value) / 2_147_483_648;
  };
}

test.each(['whole', 'sorted', 'windows', 'children'])(
  'a tap that reads in the way "%s" loses nothing wherever it is killed',
  async (kind) => {
    const { kills } = await assertSurvivesKills({ ...options(kind), random: seeded(kind.length), kills: 3 });
    expect(kills).toBeGreaterThan(1);
  },
);

test('a tap that goes on from a state is seen to begin there', async () => {
  // Late enough for a state, which comes after 10,000 records, and long before the end.
  const { kills, resumed } = await assertSurvivesKills({ ...options('sorted'), random: () => 0.4, kills: 2 });
  expect([kills, resumed]).toEqual([2, 2]);
});

test('a tap that sends states before their records is found out', async () => {
  const early = { ...options('sorted', { STATES_FIRST: '1' }), random: () => 0.5 };
  await expect(assertSurvivesKills(early)).rejects.toThrow(/records are lost/);
});
