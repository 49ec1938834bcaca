import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@meltano/foundation/log';
import { systemClock } from '@meltano/sdk/host/system-clock';
import { spawnProgram } from '@meltano/sdk/testing/spawn-program';
import { afterAll, describe, expect, test } from 'vitest';
import { readTable } from './read-rows.test.support.ts';
import { targetDuckdb } from './target-duckdb.ts';

const folder = mkdtempSync(join(tmpdir(), 'duckdb-program-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = join(import.meta.dirname, '../bin/target-duckdb');

let number = 0;

function start(settings: Readonly<Record<string, unknown>> = {}, more: readonly string[] = []) {
  const path = join(folder, `${++number}.duckdb`);
  const config = join(folder, `${number}.json`);
  writeFileSync(config, JSON.stringify({ path, ...settings }));
  return { path, config, ...spawnProgram(program, ['--config', config, ...more]) };
}

const line = (message: unknown) => `${JSON.stringify(message)}\n`;
const schema = line({
  type: 'SCHEMA',
  stream: 't',
  schema: { properties: { id: { type: 'integer' } } },
  key_properties: ['id'],
});
const record = (id: number) => line({ type: 'RECORD', stream: 't', record: { id } });
const state = (at: number) => line({ type: 'STATE', value: { at } });

describe('target-duckdb as a process', () => {
  test('loads what comes in, prints the state alone, and ends with 0', async () => {
    const { path, child, lines, ended } = start();
    child.stdin.end(
      `\ufeff${schema}\r\n\n${record(1)}${record(2)}${state(2)}{"type":"RECORD","stream":"t","record":{"id":3}}`,
    );
    expect(await ended).toBe(0);
    expect(lines).toEqual(['{"at":2}']);
    expect(await readTable(path, 't')).toHaveLength(3);
  });

  test('at SIGTERM makes durable what has come, prints its state, and ends with 143', async () => {
    const { path, child, lines, ended, untilLines } = start({ batch_size_rows: 1 });
    child.stdin.write(`${schema}${state(0)}${record(1)}${state(1)}${record(2)}`);
    await untilLines(1);
    child.stdin.write(state(2));
    child.kill('SIGTERM');
    expect(await ended).toBe(143);
    const reached = (JSON.parse(lines.at(-1) ?? '{}') as { at: number }).at;
    expect((await readTable(path, 't')).length).toBeGreaterThanOrEqual(reached);
    expect(reached).toBeGreaterThanOrEqual(1);
  });

  test('killed at any point and run again, has lost and doubled nothing', async () => {
    const path = join(folder, 'killed.duckdb');
    const all = Array.from({ length: 300 }, (_, id) => record(id) + state(id + 1)).join('');
    for (const lineCount of [1, 7, 40]) {
      const run = start({ path, batch_size_rows: 5 });
      run.child.stdin.write(schema + all);
      await run.untilLines(lineCount);
      run.child.kill('SIGKILL');
      expect(await run.ended).toBe('SIGKILL');
      const { at } = JSON.parse(run.lines.at(-1) ?? '{}') as { at: number };
      expect((await readTable(path, 't')).length).toBeGreaterThanOrEqual(at);
    }
    const last = start({ path });
    last.child.stdin.end(schema + all);
    expect(await last.ended).toBe(0);
    expect(await readTable(path, 't')).toHaveLength(300);
  });

  test('names the process that holds the file', async () => {
    const holder = start({ batch_size_rows: 1 });
    holder.child.stdin.write(schema + record(1) + state(1) + record(2) + state(2));
    await holder.untilLines(1);
    const context = {
      config: { path: holder.path },
      log: silentLog,
      clock: systemClock,
      signal: new AbortController().signal,
    };
    await expect(targetDuckdb.open(context)).rejects.toMatchObject({
      code: 'duckdb.locked',
      details: { pid: holder.child.pid },
    });
    holder.child.stdin.end();
    expect(await holder.ended).toBe(0);
  });

  test.each([
    ['a line that is not JSON', 'Starting up…\n', 'Line 2 of the input'],
    ['a record of an unknown stream', line({ type: 'RECORD', stream: 'u', record: {} }), 'before its schema'],
    ['a type that it does not know', line({ type: 'NEWS', stream: 't' }), '"NEWS"'],
    [
      'a record that does not fit',
      line({ type: 'RECORD', stream: 't', record: { id: 'x' } }),
      '"id" is a string',
    ],
  ])('fails at %s with 1, a sentence, and no state', async (_, bad, sentence) => {
    const { child, lines, stderr, ended } = start();
    child.stdin.end(schema + bad + state(9));
    expect(await ended).toBe(1);
    expect(stderr()).toContain(sentence);
    expect(lines).toEqual([]);
  });

  test('reads a file given with --input, and settings from the environment', async () => {
    const input = join(folder, 'input.singer');
    writeFileSync(input, schema + record(1) + state(1));
    const path = join(folder, 'env.duckdb');
    const run = spawnProgram(program, ['--config', 'ENV', '--input', input], { TARGET_DUCKDB_PATH: path });
    expect(await run.ended).toBe(0);
    expect(run.lines).toEqual(['{"at":1}']);
    expect(await readTable(path, 't')).toHaveLength(1);
  });

  test('refuses an unknown option with 2 and a missing file with 1', async () => {
    expect(await spawnProgram(program, ['--discover']).ended).toBe(2);
    const missing = spawnProgram(program, ['--config', join(folder, 'none.json')]);
    expect(await missing.ended).toBe(1);
    expect(missing.stderr()).toContain('cannot be read');
  });
});
