import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnProgram } from '@meltano/sdk/testing/spawn-program';
import { afterAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'files-program-'));
afterAll(() => rmSync(folder, { recursive: true }));
const bin = join(import.meta.dirname, '../bin');

function configFile(name: string, config: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const rows = 200_000;
const csv = join(folder, 'many.csv');
writeFileSync(
  csv,
  `id,at\n${Array.from({ length: rows }, (_, id) => `${id},${new Date(id * 1_000).toISOString()}`).join('\n')}\n`,
);
const schema = { at: { type: ['string'], format: 'date-time' } };
const config = configFile('csv.json', {
  files: [{ entity: 'many', path: csv, keys: ['id'], replication_key: 'at', schema }],
});

interface Message {
  readonly type: string;
  readonly record: { readonly id: string };
  readonly value: unknown;
}

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Message);

describe('tap-csv as a process', () => {
  test('prints schema, records and state, and nothing else', async () => {
    const run = spawnProgram(join(bin, 'tap-csv'), ['--config', config]);
    expect(await run.ended).toBe(0);
    const messages = parsed(run.lines);
    expect(messages[0]?.type).toBe('SCHEMA');
    expect(messages.at(-1)).toEqual({
      type: 'STATE',
      value: {
        bookmarks: { many: { replication_key: 'at', replication_key_value: '1970-01-03T07:33:19.000Z' } },
      },
    });
    expect(messages.filter((message) => message.type === 'RECORD')).toHaveLength(rows);
  });

  test('at SIGTERM ends after a last state with 143', async () => {
    const run = spawnProgram(join(bin, 'tap-csv'), ['--config', config]);
    await run.untilLines(1);
    // The pipe fills up, so the tap is in the middle when the signal comes.
    run.child.stdout.pause();
    run.child.kill('SIGTERM');
    run.child.stdout.resume();
    expect(await run.ended).toBe(143);
    const messages = parsed(run.lines);
    expect(messages.at(-1)?.type).toBe('STATE');
    expect(messages.length).toBeLessThan(rows);
  });

  test('ends with a failure when its reader is gone', async () => {
    const run = spawnProgram(join(bin, 'tap-csv'), ['--config', config]);
    await run.untilLines(1);
    run.child.stdout.destroy();
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain('has ended before all was written');
  });

  test('finds the same streams from a catalog on standard input', async () => {
    const discovery = spawnProgram(join(bin, 'tap-csv'), ['--config', config, '--discover']);
    expect(await discovery.ended).toBe(0);
    const run = spawnProgram(join(bin, 'tap-csv'), ['--config', config, '--catalog', '-']);
    run.child.stdin.end(discovery.lines.join('\n'));
    expect(await run.ended).toBe(0);
    expect(parsed(run.lines)[0]).toMatchObject({ type: 'SCHEMA', stream: 'many', key_properties: ['id'] });
  });

  test('names file and line of what it cannot read, and ends with 1', async () => {
    const path = join(folder, 'bad.csv');
    writeFileSync(path, 'a,b\n1\n');
    const run = spawnProgram(join(bin, 'tap-csv'), [
      '--config',
      configFile('bad.json', { files: [{ entity: 'bad', path }] }),
    ]);
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain('bad.csv:2 has 1 fields');
  });

  test('merges several configurations, the later over the earlier', async () => {
    const more = configFile('more.json', { add_metadata_columns: true });
    const run = spawnProgram(join(bin, 'tap-csv'), ['--config', config, '--config', more, '--discover']);
    expect(await run.ended).toBe(0);
    expect(run.lines.join('')).toContain('_sdc_source_lineno');
  });
});

test('tap-jsonl describes itself without a configuration', async () => {
  const run = spawnProgram(join(bin, 'tap-jsonl'), ['--about', '--format', 'json']);
  expect(await run.ended).toBe(0);
  expect(JSON.parse(run.lines.join('\n'))).toMatchObject({
    name: 'tap-jsonl',
    capabilities: ['catalog', 'discover', 'state', 'about', 'batch', 'stream-maps', 'schema-flattening'],
  });
});

test('the library for Parquet is loaded for a Parquet file alone', async () => {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { connectors } = await import(process.argv[1]);
    const report = () => console.log(JSON.stringify(loaded.some((url) => url.includes('hyparquet'))));
    report();
    const signal = new AbortController().signal;
    const config = { files: [{ entity: 'x', path: process.argv[2] }] };
    await connectors['tap-parquet'].discover({ config, signal, log: { log() {} } }).catch(() => {});
    report();`;
  const path = join(folder, 'begins.parquet');
  writeFileSync(path, `PAR1${' '.repeat(20)}PAR1`);
  const index = join(import.meta.dirname, 'index.ts');
  const flags = ['--conditions=meltano-source', '--input-type=module', '--eval', program, index, path];
  const run = spawnProgram(process.execPath, flags);
  expect(await run.ended).toBe(0);
  expect(run.lines).toEqual(['false', 'true']);
});
