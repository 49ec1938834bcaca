import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerChecks } from '@meltano/sdk/testing/check';
import { targetSuite } from '@meltano/sdk/testing/target-suite';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { readTable } from './read-rows.test.support.ts';
import { targetDuckdb } from './target-duckdb.ts';

let folder = '';
let number = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
});
afterAll(() => rm(folder, { recursive: true }));

const checks = targetSuite({
  target: targetDuckdb,
  config: async () => ({ path: join(folder, `${++number}.duckdb`), batch_size_rows: 3 }),
  read: (config, stream) => readTable(config['path'] as string, stream),
});

describe('target-duckdb', () => {
  registerChecks(checks, test);
});
