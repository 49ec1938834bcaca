import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Lets a file say that a later DuckDB has made it, in a format of its own; with the checksum of such a header. */
export function makeNewer(path: string, version: string): void {
  const file = readFileSync(path);
  file.writeBigUInt64LE(9_999n, 12);
  file.fill(0, 52, 84).write(version, 52);
  let sum = 5381n;
  for (let at = 8; at < 4096; at += 8)
    sum ^= BigInt.asUintN(64, file.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  file.writeBigUInt64LE(sum, 0);
  writeFileSync(path, file);
}
