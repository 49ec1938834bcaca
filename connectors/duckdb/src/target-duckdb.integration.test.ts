import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@meltano/foundation/json';
import { tableNameOf } from '@meltano/sdk/sql/names';
import { registerChecks } from '@meltano/sdk/testing/check';
import { targetStreamChecks } from '@meltano/sdk/testing/target-streams/stream-checks';
import { targetSuite } from '@meltano/sdk/testing/target-suite';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { dialect } from './dialect.ts';
import { readTable } from './read-rows.test.support.ts';
import { targetDuckdb } from './target-duckdb.ts';

let folder = '';
let number = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
});
afterAll(() => rm(folder, { recursive: true }));

const options = {
  keepsHistory: true,
  keepsContract: true,
  replaces: true,
  retires: true,
  target: targetDuckdb,
  config: async () => ({ path: join(folder, `${++number}.duckdb`), batch_size_rows: 3 }),
  read: (config: JsonObject, stream: string) =>
    readTable(config['path'] as string, tableNameOf(stream, dialect)),
};

describe('target-duckdb', () => {
  registerChecks(targetSuite(options), test);
  registerChecks(targetStreamChecks(options), test);
});
