import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDatabase, newFile } from './new-database.test.support.ts';

const newLine = 10;

// Invariant 9. The program has a heap of 64 MB and gives DuckDB 128 MB; its 600,000 records would take some 120 MB
// as objects, and DuckDB must put them in order first.
test('more records than fit into memory are read in the order of a replication key', async () => {
  const path = await makeDatabase([
    'CREATE TABLE many AS SELECT hash(range) AS id, range AS n, md5(range::VARCHAR) AS text FROM range(600000)',
  ]);
  const config = newFile('json');
  const queries = [{ name: 'many', sql: 'SELECT * FROM many', replication_key: 'id' }];
  writeFileSync(config, JSON.stringify({ path, memory_limit: '128MB', filter_tables: ['nothing'], queries }));
  const child = spawn(join(import.meta.dirname, '../bin/tap-duckdb'), ['--config', config], {
    env: { ...process.env, NODE_OPTIONS: '--max-old-space-size=64' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => {
    child.once('close', resolve);
  });
  let lines = 0;
  for await (const bytes of child.stdout as AsyncIterable<Buffer>)
    for (const byte of bytes) if (byte === newLine) lines += 1;
  expect(await ended).toBe(0);
  expect(lines).toBeGreaterThan(600_000);
});
