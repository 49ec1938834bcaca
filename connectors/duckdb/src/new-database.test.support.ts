import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'tap-duckdb-'));
afterAll(() => rmSync(folder, { recursive: true }));

let number = 0;

/** A path in a folder that goes with the tests. */
export const newFile = (ending = 'duckdb') => join(folder, `${++number}.${ending}`);

/** Runs statements on a file, a new one unless it is given, and closes it. */
export async function makeDatabase(statements: readonly string[], path = newFile()): Promise<string> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    for (const sql of statements) await connection.run(sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return path;
}
